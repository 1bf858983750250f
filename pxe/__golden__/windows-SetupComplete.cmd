@echo off
setlocal EnableExtensions DisableDelayedExpansion
rem Octofleet: runs once as SYSTEM, after set-up and before anybody can sign in. It takes away the files that
rem hold secrets and leaves the agent, which looks after those files again.
set "AGENT=%ProgramData%\Octofleet"
set "LOG=%AGENT%\setup.log"
rem SYSTEM and Administrators by their numbers, since their names are translated.
>>"%LOG%" icacls "%AGENT%" /inheritance:r /grant *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F
set "RC=%errorlevel%"
if not "%RC%"=="0" >>"%LOG%" echo icacls ended with %RC%
del /f /q "%SystemRoot%\Panther\unattend.xml" "%SystemRoot%\Panther\unattend-original.xml" "%SystemRoot%\System32\Sysprep\unattend.xml" "%SystemDrive%\unattend.xml" 2>nul
rmdir /s /q "%SystemRoot%\Panther\Unattend" 2>nul
rmdir /s /q "%SystemDrive%\_octofleet" 2>nul
rem Last, since the agent also removes the folder of this very script.
>>"%LOG%" "%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe" -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%AGENT%\agent.ps1" -Install
set "RC=%errorlevel%"
if not "%RC%"=="0" >>"%LOG%" echo the agent could not be installed, PowerShell ended with %RC%
