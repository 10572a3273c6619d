module modules.example/ledger

go 1.19

require (
	modules.example/lifecycle v1.2.0
	modules.example/netguard v0.4.1
	modules.example/settings v1.0.3
)
