module modules.example/lifecycle

go 1.19

require modules.example/settings v1.0.3
