#!/usr/bin/env pwsh
# The same as ./build.sh, for PowerShell on Linux.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

$missing = @(@('dotnet', 'git', 'go') | Where-Object { -not (Get-Command $_ -ErrorAction SilentlyContinue) })
if ($missing.Count -gt 0) {
    [Console]::Error.WriteLine("build.ps1: missing: $($missing -join ' '). Needed: git, Go 1.19 or later, the .NET SDK 10")
    exit 2
}

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
Push-Location $PSScriptRoot
try {
    dotnet tool restore | ForEach-Object { [Console]::Error.WriteLine($_) }
    if ($LASTEXITCODE -ne 0) { exit 2 }
    dotnet build build -c Release -nologo -v quiet -clp:NoSummary | ForEach-Object { [Console]::Error.WriteLine($_) }
    if ($LASTEXITCODE -ne 0) { exit 3 }
    dotnet build/bin/Release/net10.0/Build.dll @args
    exit $LASTEXITCODE
}
finally {
    Pop-Location
}
