/**
 * The fixed part of `deploy.cmd`: what WinPE does from its start to the restart into Windows. House rules, which a test
 * holds it to: an exit code goes into `RC` at once and is compared as a string (diskpart's are negative, so `if errorlevel`
 * misses them); no blocks, no delayed expansion, no `&&`; redirections come first; every wait has an end or is meant not to.
 */
export const DEPLOY_STORY = String.raw`set "WORK=X:\octofleet"
set "JOB=W:\_octofleet"
set "SELF=%~f0"
set "LOG=%WORK%\deploy.log"
set "JSON=-H Content-Type:application/json"
set "POST=-sS --connect-timeout 10 -m 60 --retry 3 --retry-delay 2 --retry-connrefused -H Accept:text/plain"
if "%~1"=="beat" goto beat

set "ROLE=main"
set "SEQ=0"
set "STEP=preflight"
set "PERCENT=0"
set "TOKEN="
set "REASON="
set "ERR="
set "TOLD="
set "STALE="
rem Tells two machines with the same boot script apart; it is not a secret.
set "KEY=%RANDOM%-%RANDOM%-%RANDOM%-%RANDOM%-%RANDOM%-%RANDOM%"
mkdir %WORK% 2>nul
call :log "deployment %DEPLOYMENT%, attempt %ATTEMPT%"
wpeinit
for %%i in (%DRIVERS%) do if exist %%i call :loaddriver %%i
wpeutil InitializeNetwork >nul
wpeutil WaitForNetwork >nul
wpeutil UpdateBootInfo >nul
set "FOUND=unknown"
for /f "tokens=3" %%a in ('reg query HKLM\System\CurrentControlSet\Control /v PEFirmwareType') do set "FOUND=%%a"
if "%FOUND%"=="0x2" set "FOUND=UEFI"
if "%FOUND%"=="0x1" set "FOUND=BIOS"

call :exchange
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
call :begin preflight 2 "WinPE is up"
if defined STALE goto stale
set "REASON=wrong-firmware"
set "ERR=started in %FOUND% mode, but the platform of this machine is set up for %FIRMWARE%"
if not "%FOUND%"=="%FIRMWARE%" goto failed
call :fetch hardware.js %WORK%\hardware.js
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
set "REASON=no-scripting"
set "ERR=this boot image has no Windows Script Host: it needs WinPE-WMI and WinPE-Scripting"
if not exist %SYSTEMROOT%\System32\cscript.exe goto failed
call :inventory
call :choosedisk
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
call :report done "disk %DISK%, %FOUND%"

call :begin partitioning 5 "disk %DISK%"
if defined STALE goto stale
call :fetch diskpart.txt %WORK%\layout.txt
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
>%WORK%\diskpart.txt echo select disk %DISK%
>>%WORK%\diskpart.txt type %WORK%\layout.txt
rem Nothing may stand between the permit and the disk.
call :permit
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
>%WORK%\diskpart.log diskpart /s %WORK%\diskpart.txt
set "RC=%errorlevel%"
set "REASON=diskpart-failed"
set "ERR=diskpart ended with %RC%"
if not "%RC%"=="0" goto failed
mkdir %JOB% 2>nul
set "ERR=diskpart said yes, but there is no drive W"
if not exist %JOB%\ goto failed
call :report done "disk %DISK% is ready"

call :begin downloading 8 "%IMAGE_SIZE% bytes"
if defined STALE goto stale
call :beatstart 100000
call :download
set "RC=%errorlevel%"
call :beatstop
if not "%RC%"=="0" goto failed
call :report done "image is here"

call :begin verifying 52 "size and digest"
if defined STALE goto stale
call :beatstart 200000
call :verify
set "RC=%errorlevel%"
call :beatstop
if not "%RC%"=="0" goto failed
call :report done "%CHECKED%"

call :begin applying 55 "image index %IMAGE_INDEX%"
if defined STALE goto stale
powercfg /s 8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c
call :beatstart 300000
>%WORK%\dism.out dism /English /Apply-Image /ImageFile:%JOB%\install.wim /Index:%IMAGE_INDEX% /ApplyDir:W:\ /Verify /ScratchDir:%JOB% /LogPath:%JOB%\dism.log /LogLevel:2
set "RC=%errorlevel%"
call :beatstop
set "REASON=apply-failed"
set "ERR=DISM could not apply the image and ended with %RC%"
if not "%RC%"=="0" goto failed
del %JOB%\install.wim
call :report done "image applied"

call :begin drivers 87 "storage and network"
if defined STALE goto stale
set "MISSED="
for %%i in (%DRIVERS%) do if exist %%i call :injectdriver %%i
set "REASON=driver-failed"
set "ERR=DISM could not add the driver %MISSED%"
if defined MISSED goto failed
call :report done "drivers are in"

call :begin customising 90 "answer file and agent"
if defined STALE goto stale
mkdir W:\Windows\Panther 2>nul
mkdir W:\Windows\Setup\Scripts 2>nul
mkdir W:\ProgramData\Octofleet 2>nul
call :fetch agent.ps1 W:\ProgramData\Octofleet\agent.ps1
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
call :fetch agent.json W:\ProgramData\Octofleet\agent.json
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
call :fetch SetupComplete.cmd W:\Windows\Setup\Scripts\SetupComplete.cmd
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
call :fetch unattend.xml W:\Windows\Panther\unattend.xml
set "RC=%errorlevel%"
if not "%RC%"=="0" goto failed
call :report done "files are in place"

call :begin boot-config 95 "%FOUND%"
if defined STALE goto stale
>%WORK%\bcdboot.log W:\Windows\System32\bcdboot.exe W:\Windows /s S: /f %FOUND%
set "RC=%errorlevel%"
set "REASON=bcdboot-failed"
set "ERR=bcdboot ended with %RC%"
if not "%RC%"=="0" goto failed
call :recovery
rmdir /s /q %JOB%
call :report done "boot files are written"
call :upload deploy.log %LOG%

rem Without this report the next network boot would hold the deployment, so WinPE stays until the service has it.
set "STEP=installed"
set "PERCENT=100"
set /a SEQ+=1
>%WORK%\installed.json echo {"seq":%SEQ%,"step":"installed","status":"done","percent":100,"message":"restarting into Windows"}
:tell
call :post %WORK%\installed.json
set "RC=%errorlevel%"
if "%RC%"=="0" goto restart
if defined STALE goto stale
call :wait 10
goto tell
:restart
call :log "restarting"
wpeutil reboot
:rest
call :wait 60
goto rest

:failed
call :log "FAILED at %STEP%: %ERR%"
if not defined TOKEN goto nobody
set /a SEQ+=1
>%WORK%\failed.json echo {"seq":%SEQ%,"step":"%STEP%","status":"failed","reason":"%REASON%","message":"%ERR%"}
call :tellfailure
for %%l in (%LOG% %WORK%\diskpart.log %WORK%\dism.out %JOB%\dism.log %WORK%\bcdboot.log %SYSTEMROOT%\System32\wpeinit.log) do if exist %%l call :upload %%~nxl %%l
rem Ending here would restart WinPE and lose what is on the screen. A retry or a cancellation closes this attempt: then restart.
:held
if defined STALE goto stale
call :wait 60
if not defined TOLD call :tellfailure
if defined TOLD call :report progress "held after a failure, waiting for an operator"
goto held

:stale
call :log "this attempt is over; asking the service again what to do"
call :wait 10
goto restart

rem Without a token nobody hears us and nothing was erased, so the network boot may decide anew.
:nobody
call :log "no permission to go on; restarting in five minutes"
call :wait 300
goto restart

rem Runs beside a long tool in a cmd of its own: a sign of life a minute. Its numbers begin where no other event's do.
:beat
set "ROLE=%STEP%"
set "SEQ=%2"
:beat1
call :wait 60
if not exist %WORK%\busy-%ROLE% exit /b 0
call :report progress "still working"
goto beat1
`;
