/**
 * `hardware.js`, JScript for Windows Script Host (which stops at ECMAScript 3), run by WinPE in two ways:
 * `choose serial=…` prints `disk N`, or `refuse <word>` and ends with code 1; `inventory` prints the JSON body for the
 * inventory route. It asks WMI, because diskpart's words are translated and know neither bus nor serial number. The boot
 * image must hold WinPE-WMI and WinPE-Scripting, as the one on Microsoft's media does.
 */
export const HARDWARE_SCRIPT = String.raw`// Octofleet: which disk, and what machine is this?
// Windows Server wants 32 GB; smaller disks are readers, sticks and BIOS RAM disks.
var SMALLEST_DISK_BYTES = 32000000000;
var REMOVABLE = 7; // "supports removable media" among the capabilities of Win32_DiskDrive

function rows(query) {
  var found = [];
  var service = GetObject('winmgmts:{impersonationLevel=impersonate}!\\\\.\\root\\cimv2');
  for (var all = new Enumerator(service.ExecQuery(query)); !all.atEnd(); all.moveNext()) found.push(all.item());
  return found;
}

function text(value) {
  return value === null || value === undefined ? '' : String(value).replace(/^\s+|\s+$/g, '');
}

function isRemovable(disk) {
  if (disk.Capabilities === null || disk.Capabilities === undefined) return false;
  var list = new VBArray(disk.Capabilities).toArray();
  for (var i = 0; i < list.length; i++) if (list[i] === REMOVABLE) return true;
  return false;
}

function isInternal(disk) {
  // A USB disk with the newer UAS protocol calls itself SCSI, but its medium external.
  return (
    !isRemovable(disk) &&
    !/^(USB|1394)$/i.test(text(disk.InterfaceType)) &&
    !/^(USBSTOR|SD|SDSTOR|SDBUS)\\/i.test(text(disk.PNPDeviceID)) &&
    !/^(External|Removable)/i.test(text(disk.MediaType))
  );
}

function plain(serial) {
  return text(serial).replace(/\s/g, '').toUpperCase();
}

// Exactly one disk fits, or the one whose serial number the plan names. Never "the first".
function choose(wanted) {
  var all = rows('SELECT * FROM Win32_DiskDrive');
  var fitting = [];
  for (var i = 0; i < all.length; i++) {
    if (!isInternal(all[i]) || Number(all[i].Size) < SMALLEST_DISK_BYTES) continue;
    if (wanted !== '' && plain(all[i].SerialNumber) !== plain(wanted)) continue;
    fitting.push(all[i]);
  }
  if (fitting.length === 1) return { line: 'disk ' + fitting[0].Index, code: 0 };
  if (fitting.length > 1) return { line: 'refuse several-disks', code: 1 };
  if (all.length === 0) return { line: 'refuse no-disk', code: 1 };
  return { line: wanted === '' ? 'refuse no-fitting-disk' : 'refuse no-disk-with-serial', code: 1 };
}

// All beyond plain ASCII leaves as an escape, so that no code page can spoil it.
function quoted(value) {
  var out = '"';
  for (var i = 0; i < value.length; i++) {
    var code = value.charCodeAt(i);
    if (code === 34 || code === 92) out += '\\' + value.charAt(i);
    else if (code >= 32 && code < 127) out += value.charAt(i);
    else out += '\\u' + ('000' + code.toString(16)).slice(-4);
  }
  return out + '"';
}

function inventory() {
  var disks = [];
  var nics = [];
  var i;
  var drives = rows('SELECT * FROM Win32_DiskDrive');
  for (i = 0; i < drives.length; i++)
    disks.push(
      'disk ' + drives[i].Index + ': ' + text(drives[i].Model) + ', ' + Math.round(Number(drives[i].Size) / 1e9) +
        ' GB, ' + text(drives[i].InterfaceType) + ', serial ' + (text(drives[i].SerialNumber) || 'unknown') +
        (isInternal(drives[i]) ? '' : ', external')
    );
  var cards = rows('SELECT * FROM Win32_NetworkAdapter WHERE MACAddress IS NOT NULL');
  for (i = 0; i < cards.length; i++) nics.push(text(cards[i].MACAddress) + ' ' + text(cards[i].Name));
  var computer = rows('SELECT * FROM Win32_ComputerSystem')[0];
  var bios = rows('SELECT * FROM Win32_BIOS')[0];
  var product = rows('SELECT * FROM Win32_ComputerSystemProduct')[0];
  var processor = rows('SELECT * FROM Win32_Processor')[0];
  var fields = [];
  function add(name, value, most) {
    if (value !== '') fields.push(quoted(name) + ':' + quoted(value.substr(0, most)));
  }
  if (computer) {
    add('manufacturer', text(computer.Manufacturer), 256);
    add('model', text(computer.Model), 256);
    fields.push('"memoryMiB":' + Math.round(Number(computer.TotalPhysicalMemory) / 1048576));
  }
  if (bios) add('serial', text(bios.SerialNumber), 256);
  if (product) add('smbiosUuid', text(product.UUID), 64);
  if (processor) add('cpu', text(processor.Name), 256);
  add('disks', disks.join('\n'), 4000);
  add('nics', nics.join('\n'), 4000);
  return '{' + fields.join(',') + '}';
}

var mode = WScript.Arguments.Item(0);
if (mode === 'choose') {
  var answer = choose(WScript.Arguments.Item(1).replace(/^serial=/, ''));
  WScript.Echo(answer.line);
  WScript.Quit(answer.code);
} else {
  WScript.Echo(inventory());
}
`;
