@echo off
setlocal EnableExtensions DisableDelayedExpansion
rem Octofleet. The values of this machine, each of them harmless characters only:
set "API=http://192.0.2.10:8080"
set "NONCE=Zm9vYmFyYmF6-_0123456789abcdef"
set "DEPLOYMENT=0190a1b2-0000-4000-8000-00000000abcd"
set "ATTEMPT=2"
set "FIRMWARE=UEFI"
set "DISK_SERIAL="
set "IMAGE_URL=http://192.0.2.10:8080/assets/ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff/install.wim"
set "IMAGE_SIZE=5368709120"
set "IMAGE_SHA256=ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
set "IMAGE_INDEX=2"
set "DRIVERS=X:\drivers\pvscsi.inf X:\drivers\vmxnet3.inf"
set "WORK=X:\octofleet"
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

:log
>>%LOG% echo [%STEP%] %~1
echo [%STEP%] %~1
exit /b 0

:wait
set /a PINGS=%1+1
ping -n %PINGS% 127.0.0.1 >nul
exit /b 0

:loaddriver
drvload %1 >nul
set "RC=%errorlevel%"
if not "%RC%"=="0" call :log "drvload %~nx1 ended with %RC%"
exit /b 0

:injectdriver
>>%WORK%\dism.out dism /English /Image:W:\ /Add-Driver /Driver:%1 /ScratchDir:%JOB% /LogPath:%JOB%\dism.log /LogLevel:2
set "RC=%errorlevel%"
if not "%RC%"=="0" set "MISSED=%~nx1"
exit /b 0

rem The nonce of the boot script for the token of this attempt. The same key may ask again when an answer was lost.
:exchange
set "N=0"
>%WORK%\exchange.json echo {"clientKey":"%KEY%"}
if "%FOUND%"=="UEFI" >%WORK%\exchange.json echo {"clientKey":"%KEY%","firmware":"efi"}
if "%FOUND%"=="BIOS" >%WORK%\exchange.json echo {"clientKey":"%KEY%","firmware":"pcbios"}
:exchange1
set /a N+=1
set "CODE=000"
>%WORK%\code.txt curl %POST% %JSON% --data-binary @%WORK%\exchange.json -o %WORK%\token.txt -w "%%{http_code}" %API%/d/%NONCE%/exchange
for /f %%c in (%WORK%\code.txt) do set "CODE=%%c"
if "%CODE:~0,1%"=="2" goto exchange2
set "ERR=the service does not let this machine in, HTTP %CODE%"
call :log "exchange, try %N%: HTTP %CODE%"
if "%CODE:~0,1%"=="4" exit /b 1
if %N% geq 30 exit /b 1
call :wait 10
goto exchange1
:exchange2
rem A proxy that answers for the service sends a page, and a page has angle brackets.
find "<" %WORK%\token.txt >nul
set "RC=%errorlevel%"
set "ERR=something other than the service answered"
if "%RC%"=="0" exit /b 1
for /f %%t in (%WORK%\token.txt) do set "TOKEN=%%t"
if not defined TOKEN exit /b 1
rem The token stays in files that curl reads, off every command line.
>%WORK%\event.cfg echo url = "%API%/d/%TOKEN%/events"
>%WORK%\permit.cfg echo url = "%API%/d/%TOKEN%/wipe-permit"
>%WORK%\inventory.cfg echo url = "%API%/d/%TOKEN%/inventory"
exit /b 0

:begin
set "STEP=%1"
set "PERCENT=%2"
set "REASON="
set "ERR="
call :log %3
call :report started %3
exit /b 0

:report
set /a SEQ+=1
>%WORK%\event-%ROLE%.json echo {"seq":%SEQ%,"step":"%STEP%","status":"%1","percent":%PERCENT%,"message":"%~2"}
call :post %WORK%\event-%ROLE%.json
exit /b %errorlevel%

:post
set "CODE=000"
>%WORK%\code-%ROLE%.txt curl %POST% %JSON% --data-binary @%1 -o %WORK%\answer-%ROLE%.txt -w "%%{http_code}" -K %WORK%\event.cfg
for /f %%c in (%WORK%\code-%ROLE%.txt) do set "CODE=%%c"
if "%CODE:~0,1%"=="2" exit /b 0
if "%CODE%"=="409" set "STALE=yes"
call :log "event %SEQ% was not taken, HTTP %CODE%"
exit /b 1

:tellfailure
call :post %WORK%\failed.json
set "RC=%errorlevel%"
if "%RC%"=="0" set "TOLD=yes"
exit /b 0

:upload
>%WORK%\log.cfg echo url = "%API%/d/%TOKEN%/logs?name=%1"
curl %POST% -f -H Content-Type:text/plain --data-binary @%2 -o nul -K %WORK%\log.cfg
set "RC=%errorlevel%"
if not "%RC%"=="0" call :log "log %1 was not taken, curl %RC%"
exit /b 0

rem A file of this attempt. What the service refuses is not asked for again.
:fetch
>%WORK%\fetch.cfg echo url = "%API%/d/%TOKEN%/%1"
set "REASON=fetch-failed"
set "N=0"
:fetch1
set /a N+=1
set "CODE=000"
>%WORK%\code.txt curl -sSf --connect-timeout 10 -m 60 -o %2 -w "%%{http_code}" -K %WORK%\fetch.cfg
set "RC=%errorlevel%"
for /f %%c in (%WORK%\code.txt) do set "CODE=%%c"
if "%RC%"=="0" exit /b 0
set "ERR=could not fetch %1, curl %RC%, HTTP %CODE%"
call :log "%1, try %N%: curl %RC%, HTTP %CODE%"
if "%CODE:~0,1%"=="4" exit /b 1
if %N% geq 10 exit /b 1
call :wait 6
goto fetch1

:inventory
>%WORK%\inventory.json cscript //nologo //E:JScript %WORK%\hardware.js inventory
set "RC=%errorlevel%"
if not "%RC%"=="0" call :log "inventory ended with %RC%"
if not "%RC%"=="0" exit /b 0
curl %POST% -f %JSON% --data-binary @%WORK%\inventory.json -o nul -K %WORK%\inventory.cfg
set "RC=%errorlevel%"
if not "%RC%"=="0" call :log "inventory was not taken, curl %RC%"
exit /b 0

:choosedisk
set "DISK="
set "REASON=disk-unknown"
set "ERR=the disks of this machine could not be listed"
>%WORK%\choice.txt cscript //nologo //E:JScript %WORK%\hardware.js choose "serial=%DISK_SERIAL%"
set "RC=%errorlevel%"
for /f "tokens=1,2" %%a in (%WORK%\choice.txt) do call :chosen %%a %%b
if not "%RC%"=="0" exit /b 1
if not defined DISK exit /b 1
exit /b 0

:chosen
if "%1"=="disk" set "DISK=%2"
if "%1"=="refuse" set "REASON=%2"
if "%1"=="refuse" set "ERR=no disk can be chosen safely, %2; the inventory lists them"
exit /b 0

rem Only the word GRANT opens the way to the disk. The same key may ask again when an answer was lost.
:permit
set "N=0"
>%WORK%\permit.json echo {"permitKey":"%KEY%","disk":"%DISK%"}
:permit1
set /a N+=1
set "CODE=000"
>%WORK%\code.txt curl %POST% %JSON% --data-binary @%WORK%\permit.json -o %WORK%\permit.txt -w "%%{http_code}" -K %WORK%\permit.cfg
set "RC=%errorlevel%"
for /f %%c in (%WORK%\code.txt) do set "CODE=%%c"
set "REASON=wipe-not-permitted"
set "ERR=the service does not permit to erase this disk, HTTP %CODE%"
if "%RC%-%CODE%"=="0-200" goto permit2
if "%CODE:~0,1%"=="4" exit /b 1
set "REASON=permit-unreachable"
if %N% geq 30 exit /b 1
call :wait 10
goto permit1
:permit2
find "GRANT" %WORK%\permit.txt >nul
set "RC=%errorlevel%"
if not "%RC%"=="0" exit /b 1
exit /b 0

rem A new curl resumes where the last one stopped; its own retries would begin at the first byte. The exit code decides:
rem the HTTP code of a transfer that broke off is 200 as well.
:download
set "REASON=download-failed"
set "N=0"
:download1
set /a N+=1
set "CODE=000"
>%WORK%\code.txt curl -sSf --connect-timeout 10 --speed-limit 1000 --speed-time 60 -C - -o %JOB%\install.wim -w "%%{http_code}" %IMAGE_URL%
set "RC=%errorlevel%"
for /f %%c in (%WORK%\code.txt) do set "CODE=%%c"
if "%RC%"=="0" exit /b 0
set "ERR=the image did not arrive, curl %RC%, HTTP %CODE%"
call :log "image, try %N%: curl %RC%, HTTP %CODE%"
if "%CODE%"=="401" exit /b 1
if "%CODE%"=="403" exit /b 1
if "%CODE%"=="404" exit /b 1
if "%CODE%"=="410" exit /b 1
if %N% geq 20 exit /b 1
call :wait 10
goto download1

rem WinPE has no tool for SHA-256 unless the boot image was given certutil. Without it the size is compared here, and
rem DISM checks every file in the image against the SHA-1 that the image holds for it.
:verify
set "GOT=nothing"
for %%f in (%JOB%\install.wim) do set "GOT=%%~zf"
set "REASON=image-damaged"
set "ERR=the image has %GOT% bytes, not %IMAGE_SIZE%"
if not "%GOT%"=="%IMAGE_SIZE%" exit /b 1
set "CHECKED=size only; DISM checks the files"
if not exist %SYSTEMROOT%\System32\certutil.exe exit /b 0
>%WORK%\digest.txt certutil -hashfile %JOB%\install.wim SHA256
set "RC=%errorlevel%"
set "ERR=the SHA-256 of the image could not be computed, certutil ended with %RC%"
if not "%RC%"=="0" exit /b 1
find "%IMAGE_SHA256%" %WORK%\digest.txt >nul
set "RC=%errorlevel%"
set "ERR=the image has another SHA-256 than the one that was stored"
if not "%RC%"=="0" exit /b 1
set "CHECKED=size and SHA-256"
exit /b 0

rem The tools to repair Windows, on a partition of their own. Windows runs without them, so a failure is noted and no more.
:recovery
mkdir R:\Recovery\WindowsRE 2>nul
if not exist R:\Recovery\WindowsRE\ exit /b 0
xcopy /h /y /q W:\Windows\System32\Recovery\winre.wim R:\Recovery\WindowsRE\ >nul
>%WORK%\reagentc.log W:\Windows\System32\reagentc.exe /setreimage /path R:\Recovery\WindowsRE /target W:\Windows
set "RC=%errorlevel%"
if not "%RC%"=="0" call :log "reagentc ended with %RC%"
exit /b 0

:beatstart
>%WORK%\busy-%STEP% echo busy
start "" /b cmd /d /c %SELF% beat %1
exit /b 0

:beatstop
del %WORK%\busy-%STEP%
exit /b 0
