# Octofleet agent. -Install registers it as a task of SYSTEM; without, it is what that task runs.
param([switch]$Install)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$AgentVersion = '1.0.0'
$Folder = Join-Path $env:ProgramData 'Octofleet'
$ConfigFile = Join-Path $Folder 'agent.json'
$LogFile = Join-Path $Folder 'agent.log'
$Key = 'HKLM:\SOFTWARE\Octofleet'
$TaskName = 'Octofleet agent'
$LogLimitBytes = 1MB
$FirstPauseSeconds = 5
$LongestPauseSeconds = 300
$FailingPauseSeconds = 20

function Write-Log([string]$Text) {
    if ((Test-Path $LogFile) -and (Get-Item $LogFile).Length -gt $LogLimitBytes) {
        Move-Item $LogFile ($LogFile + '.old') -Force
    }
    $line = '{0:yyyy-MM-ddTHH:mm:ssZ} {1}' -f [DateTime]::UtcNow, $Text
    Add-Content -Path $LogFile -Value $line -Encoding UTF8
}

# Members by name that may be missing, which StrictMode would make an error.
function Get-Value([string]$Path, [string]$Name) {
    $item = Get-ItemProperty -Path $Path -ErrorAction SilentlyContinue
    if ($null -eq $item -or $null -eq $item.PSObject.Properties[$Name]) { return $null }
    return $item.$Name
}

function Get-Text($Value) {
    if ($null -eq $Value) { return '' }
    return ([string]$Value).Trim()
}

# --- what the agent keeps: a key in the registry that only SYSTEM and Administrators may open ---

function Initialize-Store {
    if (-not (Test-Path $Key)) { New-Item -Path $Key -Force | Out-Null }
    $acl = New-Object System.Security.AccessControl.RegistrySecurity
    $acl.SetAccessRuleProtection($true, $false)
    foreach ($sid in 'S-1-5-18', 'S-1-5-32-544') {
        $who = New-Object System.Security.Principal.SecurityIdentifier $sid
        $acl.AddAccessRule((New-Object System.Security.AccessControl.RegistryAccessRule($who, 'FullControl', 'ContainerInherit', 'None', 'Allow')))
    }
    Set-Acl -Path $Key -AclObject $acl
}

function Save-Value([string]$Name, [string]$Value) {
    Set-ItemProperty -Path $Key -Name $Name -Value $Value -Type String
}

# Bound to this machine, so that a copy of the registry alone does not speak for it.
function Protect-Text([string]$Text) {
    $bytes = [Text.Encoding]::UTF8.GetBytes($Text)
    return [Convert]::ToBase64String([Security.Cryptography.ProtectedData]::Protect($bytes, $null, 'LocalMachine'))
}

function Unprotect-Text([string]$Text) {
    $bytes = [Convert]::FromBase64String($Text)
    return [Text.Encoding]::UTF8.GetString([Security.Cryptography.ProtectedData]::Unprotect($bytes, $null, 'LocalMachine'))
}

# A subkey that Windows forgets when it shuts down: what is in it belongs to this boot.
function Get-Boot {
    $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    $boot = $root.CreateSubKey('SOFTWARE\Octofleet\Boot', [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, [Microsoft.Win32.RegistryOptions]::Volatile)
    if ($null -eq $boot.GetValue('Id')) { $boot.SetValue('Id', [guid]::NewGuid().ToString()) }
    return $boot
}

# --- talking to the service ---

# The status of a refusal; 0 when nobody answered.
function Get-Status($Failure) {
    $e = $Failure.Exception
    if ($e -is [System.Net.WebException] -and $null -ne $e.Response) { return [int]$e.Response.StatusCode }
    return 0
}

function Send-Json([string]$Url, $Body, [hashtable]$Headers) {
    $bytes = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $Body -Compress -Depth 6))
    return Invoke-RestMethod -Method Post -Uri $Url -Body $bytes -Headers $Headers -ContentType 'application/json; charset=utf-8' -TimeoutSec 20 -UseBasicParsing
}

# Doubles up to a limit; the jitter keeps a rack that was switched on together from asking together.
function Wait-Turn([int]$Failures) {
    $pause = [Math]::Min($FirstPauseSeconds * [Math]::Pow(2, [Math]::Min($Failures, 8)), $LongestPauseSeconds)
    Start-Sleep -Seconds ([int]($pause * (0.75 + 0.5 * (Get-Random -Maximum 100) / 100)))
}

# --- evidence ---

function Get-Macs {
    Get-CimInstance Win32_NetworkAdapter -Filter 'PhysicalAdapter = TRUE' |
        Where-Object { $_.MACAddress } | ForEach-Object { $_.MACAddress.ToLowerInvariant() } | Select-Object -Unique -First 64
}

# The registry names Core and Desktop alike; images tell them apart.
function Get-Edition {
    $version = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $edition = Get-Text (Get-Value $version 'EditionID')
    if ((Get-Value $version 'InstallationType') -eq 'Server Core' -and $edition -notlike '*Core') { $edition += 'Core' }
    return $edition
}

function Get-Version {
    $version = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $parts = 'CurrentMajorVersionNumber', 'CurrentMinorVersionNumber', 'CurrentBuild', 'UBR' | ForEach-Object { Get-Value $version $_ }
    return $parts -join '.'
}

# Trust is tested against a domain controller now; membership alone proves nothing.
function Get-DomainEvidence($Computer) {
    if (-not $Computer.PartOfDomain) { return @{ name = ''; trusted = $false } }
    $trusted = $false
    try { $trusted = [bool](Test-ComputerSecureChannel) } catch { Write-Log ('secure channel: ' + $_.Exception.Message) }
    return @{ name = (Get-Text $Computer.Domain); trusted = $trusted }
}

# On means: not refused (a policy has the last word), the service runs, and the firewall lets callers in.
function Test-RemoteDesktop {
    $denied = Get-Value 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services' 'fDenyTSConnections'
    if ($null -eq $denied) { $denied = Get-Value 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server' 'fDenyTSConnections' }
    if ($denied -ne 0) { return $false }
    $service = Get-Service -Name TermService -ErrorAction SilentlyContinue
    if ($null -eq $service -or $service.Status -ne 'Running') { return $false }
    $open = @(Get-NetFirewallRule -Group '@FirewallAPI.dll,-28752' -ErrorAction SilentlyContinue | Where-Object { $_.Enabled -eq 'True' })
    $firewall = @(Get-NetFirewallProfile -ErrorAction SilentlyContinue | Where-Object { $_.Enabled -eq 'True' })
    return ($open.Count -gt 0 -or $firewall.Count -eq 0)
}

# Takes away what set-up left and names what is still there. Only until the deployment is verified: what lies in these
# places later was put there by the machine's own people.
function Remove-Leftovers {
    if ($null -ne (Get-Value $Key 'VerifiedAt')) { return @() }
    $windows = $env:SystemRoot
    $drive = $env:SystemDrive
    $files = @(
        "$windows\Panther\unattend.xml", "$windows\Panther\unattend-original.xml", "$windows\Panther\Unattend",
        "$windows\System32\Sysprep\unattend.xml", "$drive\unattend.xml", "$drive\autounattend.xml",
        "$windows\Setup\Scripts", "$drive\_octofleet"
    )
    # The token in there is spent once a device key is kept.
    if ($null -ne (Get-Value $Key 'DeviceKey')) { $files += $ConfigFile }
    $left = @()
    foreach ($file in $files) {
        if (-not (Test-Path $file)) { continue }
        Remove-Item $file -Recurse -Force -ErrorAction SilentlyContinue
        if (Test-Path $file) { $left += $file }
    }
    $logon = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
    Remove-ItemProperty $logon -Name DefaultPassword -ErrorAction SilentlyContinue
    if ($null -ne (Get-Value $logon 'DefaultPassword')) { $left += "$logon\DefaultPassword" }
    if ((Get-Text (Get-Value $logon 'AutoAdminLogon')) -eq '1') { $left += "$logon\AutoAdminLogon" }
    return $left
}

function Get-Evidence($Boot) {
    $computer = Get-CimInstance Win32_ComputerSystem
    $system = Get-CimInstance Win32_OperatingSystem
    return @{
        agentVersion = $AgentVersion
        bootId = $Boot.GetValue('Id')
        hostName = (Get-Text $computer.DNSHostName)
        macs = [string[]]@(Get-Macs)
        smbiosUuid = (Get-Text (Get-CimInstance Win32_ComputerSystemProduct).UUID).ToLowerInvariant()
        serial = (Get-Text (Get-CimInstance Win32_BIOS).SerialNumber)
        os = @{ family = 'windows'; name = (Get-Text $system.Caption); version = (Get-Version); edition = (Get-Edition) }
        domain = (Get-DomainEvidence $computer)
        remoteDesktop = (Test-RemoteDesktop)
        leftovers = [string[]]@(Remove-Leftovers)
        now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    }
}

# --- the two things it does ---

# The one-time token for a device key. Kept before the token is deleted, and asked for with the same client key again
# if the answer was lost.
function Register-Device {
    if ($null -eq (Get-Value $Key 'ClientKey')) { Save-Value 'ClientKey' ([guid]::NewGuid().ToString()) }
    $config = Get-Content $ConfigFile -Raw -Encoding UTF8 | ConvertFrom-Json
    $failures = 0
    while ($true) {
        try {
            $body = @{
                token = $config.enrolmentToken
                clientKey = (Get-Value $Key 'ClientKey')
                hostName = [System.Net.Dns]::GetHostName()
                macs = [string[]]@(Get-Macs)
                agentVersion = $AgentVersion
            }
            $answer = Send-Json ($config.baseUrl + '/agent/v1/enrol') $body @{}
            Save-Value 'BaseUrl' $config.baseUrl
            Save-Value 'DeviceKey' (Protect-Text $answer.deviceKey)
            Remove-Item $ConfigFile -Force
            Write-Log ('enrolled as system ' + $answer.systemId)
            return
        } catch {
            $status = Get-Status $_
            Write-Log ('enrolment: HTTP ' + $status + ', ' + $_.Exception.Message)
            if ($status -in 401, 409, 410) { throw 'the service refuses this enrolment token' }
            Wait-Turn $failures
            $failures++
        }
    }
}

function Send-Reports {
    $boot = Get-Boot
    $url = (Get-Value $Key 'BaseUrl') + '/agent/v1/report'
    $headers = @{ Authorization = 'Bearer ' + (Unprotect-Text (Get-Value $Key 'DeviceKey')) }
    $failures = 0
    while ($true) {
        try {
            # Counted before it is sent: a number is never used for two reports.
            $seq = 1 + [int]$boot.GetValue('Seq', 0)
            $boot.SetValue('Seq', $seq)
            $answer = Send-Json $url @{ seq = $seq; evidence = (Get-Evidence $boot) } $headers
            $failures = 0
            $pause = [int]$answer.reportEverySeconds
            if ($answer.verdict -eq 'verified') {
                if ($null -eq (Get-Value $Key 'VerifiedAt')) { Save-Value 'VerifiedAt' ([DateTime]::UtcNow.ToString('o')) }
            } else {
                Write-Log ('failing checks: ' + ($answer.failing -join ', '))
                $pause = [Math]::Min($pause, $FailingPauseSeconds)
            }
            Start-Sleep -Seconds ([Math]::Max(1, $pause))
        } catch {
            $status = Get-Status $_
            Write-Log ('report: HTTP ' + $status + ', ' + $_.Exception.Message)
            if ($status -in 401, 410) { throw 'the service no longer accepts the key of this device' }
            Wait-Turn $failures
            $failures++
        }
    }
}

# At every start of Windows, and every five minutes in case it ended; a second one does not start beside the first.
function Install-Task {
    $shell = Join-Path $env:SystemRoot 'System32\WindowsPowerShell\v1.0\powershell.exe'
    $arguments = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "' + (Join-Path $Folder 'agent.ps1') + '"'
    $action = New-ScheduledTaskAction -Execute $shell -Argument $arguments
    $atStart = New-ScheduledTaskTrigger -AtStartup
    $again = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 5)
    $settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable
    $system = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $atStart, $again -Settings $settings -Principal $system -Force | Out-Null
    Start-ScheduledTask -TaskName $TaskName
}

try {
    Add-Type -AssemblyName System.Security
    # Windows Server 2019 would begin with TLS 1.0.
    [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
    Initialize-Store
    if ($Install) {
        Install-Task
        Write-Log 'installed'
        exit 0
    }
    if ($null -eq (Get-Value $Key 'DeviceKey')) { Register-Device }
    Send-Reports
} catch {
    Write-Log ('ended: ' + $_.Exception.Message)
    exit 1
}
