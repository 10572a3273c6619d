#!/usr/bin/env pwsh
# The same as ./build.sh where PowerShell is at hand. It installs nothing: what is missing is named, with the commands to type.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

function Stop-Build([string] $What, [string[]] $Commands = @()) {
    [Console]::Error.WriteLine("build.ps1: $What")
    if ($Commands.Count -gt 0) {
        [Console]::Error.WriteLine('build.ps1: type these commands, then run it again:')
        $Commands | ForEach-Object { [Console]::Error.WriteLine("  $_") }
    }
    exit 2
}

$root = $PSScriptRoot
if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    Stop-Build 'the .NET SDK 10.0 is missing (global.json asks for it)' @('apt-get update', 'apt-get install -y dotnet-sdk-10.0')
}

$missing = @(@('git', 'go', 'gcc', 'gpg', 'openssl') | Where-Object { -not (Get-Command $_ -ErrorAction SilentlyContinue) })
if ($missing.Count -gt 0) {
    Stop-Build "missing: $($missing -join ' '). On Debian and Ubuntu, as root, ./build.sh installs them" @('./build.sh')
}

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:MSBUILDDISABLENODEREUSE = '1'
Push-Location $root
try {
    dotnet build build/CiCompliance.Build.csproj -c Release -nologo -v quiet -clp:NoSummary | Out-Host
    $built = $LASTEXITCODE
}
finally {
    Pop-Location
}
if ($built -ne 0) { exit 3 }

dotnet (Join-Path $root 'build/bin/Release/net10.0/CiCompliance.Build.dll') @args
exit $LASTEXITCODE
