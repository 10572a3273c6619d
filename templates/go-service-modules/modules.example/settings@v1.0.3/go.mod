module modules.example/settings

go 1.19
