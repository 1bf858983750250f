/** The part of the agent that looks at the system: what `EvidenceWire` asks, and the files that set-up leaves. */
export const WINDOWS_EVIDENCE = String.raw`# --- evidence ---

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

`;
