module modules.example/netguard

go 1.19
