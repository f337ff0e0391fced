@echo off
rem Double-click this: it opens the studio, in which leaflets are written. The first time, it sets up
rem what that needs, which takes some minutes and the network. A project folder that is dropped on it
rem is opened in place of the usual one.
rem
rem All is ASCII, since consoles differ in what else they show. The environment does not lie beside
rem this file: Desktop and Documents may be folders of a cloud, which copies and holds what is in them.
setlocal EnableExtensions DisableDelayedExpansion
title brochure
set "self=%~f0"
set "here=%~dp0"
set "venv=%LOCALAPPDATA%\brochure\venv"
set "python=%venv%\Scripts\python.exe"
set "project=%USERPROFILE%\brochure"
if not "%~1"=="" set "project=%~f1"

"%python%" -c pass >nul 2>&1
if not errorlevel 1 goto packages
set "found="
for %%v in (3.14 3.13 3.12 3.11) do call :try py -%%v
call :try python
if not defined found goto nopython
echo brochure wird eingerichtet. / Setting up brochure.
%found% -m venv --clear "%venv%"
if errorlevel 1 goto failed

:packages
cd /d "%here%"
fc /b requirements\run.txt "%venv%\installed.txt" >nul 2>&1
if not errorlevel 1 goto studio
echo Pakete werden installiert; das dauert einige Minuten. / Installing packages; this takes some minutes.
"%python%" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements\build.txt -r requirements\run.txt
if errorlevel 1 goto failed
"%python%" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
if errorlevel 1 goto failed
copy /y requirements\run.txt "%venv%\installed.txt" >nul
rem A shortcut on the desktop; without PowerShell there is none.
powershell -NoProfile -Command "$s = (New-Object -ComObject WScript.Shell).CreateShortcut([Environment]::GetFolderPath('Desktop') + '\brochure.lnk'); $s.TargetPath = $env:self; $s.Save()" >nul 2>&1

:studio
if not exist "%project%\" mkdir "%project%"
cd /d "%project%"
if errorlevel 1 goto failed
echo Ihre Dateien liegen in / Your files are in: %project%
"%python%" -P -m brochure studio
if errorlevel 1 goto ended
exit /b 0

:nopython
echo.
echo Python fehlt, oder es ist nicht neu genug: gebraucht wird 3.11 oder neuer.
echo Geben Sie dies ein, dann starten Sie brochure noch einmal:
echo.
echo Python is missing, or not new enough: 3.11 or newer is needed.
echo Type this, then start brochure again:
echo.
echo     winget install --exact --id Python.Python.3.13
goto ended

:failed
echo.
echo Das hat nicht geklappt; warum, steht weiter oben. Ist dieser Rechner im Netz?
echo This did not work; the reason stands above. Is this computer online?
goto ended

:try
if defined found goto :eof
%* -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1
if not errorlevel 1 set "found=%*"
goto :eof

:ended
echo.
pause
exit /b 1
