import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { InventoryRequest } from '../../api/contract/machine.ts';
import { HARDWARE_SCRIPT } from './hardware-script.ts';

interface Disk {
  readonly Index: number;
  readonly Size: string | null;
  readonly Model?: string;
  readonly InterfaceType: string;
  readonly MediaType: string | null;
  readonly PNPDeviceID: string;
  readonly SerialNumber: string | null;
  readonly Capabilities: readonly number[] | null;
}

const GOOD: Disk = {
  Index: 0,
  Size: '64424509440',
  Model: 'QEMU HARDDISK',
  InterfaceType: 'SCSI',
  MediaType: 'Fixed hard disk media',
  PNPDeviceID: 'SCSI\\DISK&VEN_QEMU&PROD_HARDDISK\\4&1',
  SerialNumber: '  WD-1234 ',
  Capabilities: [3, 4],
};
const STICK: Disk = {
  ...GOOD,
  Index: 1,
  InterfaceType: 'USB',
  MediaType: 'Removable Media',
  PNPDeviceID: 'USBSTOR\\DISK\\1',
  Capabilities: [3, 4, 7],
};
const NOTHING = { ...GOOD, Size: null, MediaType: null, SerialNumber: null, Capabilities: null };

/** Runs the script as Windows Script Host would, with a pretend WMI. */
function run(args: readonly string[], tables: Readonly<Record<string, readonly object[]>>) {
  const printed: string[] = [];
  let code = 0;
  const sandbox = {
    GetObject: () => ({ ExecQuery: (query: string) => tables[/FROM (\w+)/.exec(query)?.[1] ?? ''] ?? [] }),
    Enumerator: class {
      #at = 0;
      readonly #rows: readonly object[];
      constructor(rows: readonly object[]) {
        this.#rows = rows;
      }
      atEnd() {
        return this.#at >= this.#rows.length;
      }
      moveNext() {
        this.#at++;
      }
      item() {
        return this.#rows[this.#at];
      }
    },
    VBArray: class {
      readonly #list: readonly number[];
      constructor(list: readonly number[]) {
        this.#list = list;
      }
      toArray() {
        return [...this.#list];
      }
    },
    WScript: {
      Arguments: { Item: (at: number) => args[at] },
      Echo: (text: string) => printed.push(text),
      Quit: (status: number) => {
        code = status;
      },
    },
  };
  runInContext(HARDWARE_SCRIPT, createContext(sandbox));
  return { printed: printed.join('\n'), code };
}

function choose(disks: readonly Disk[], serial = '') {
  return run(['choose', `serial=${serial}`], { Win32_DiskDrive: disks });
}

describe('choosing the disk', () => {
  it('takes the only internal one', () => {
    expect(choose([{ ...GOOD, Index: 2 }, STICK])).toEqual({ printed: 'disk 2', code: 0 });
  });

  it('never guesses between two', () => {
    expect(choose([GOOD, { ...GOOD, Index: 1 }])).toEqual({ printed: 'refuse several-disks', code: 1 });
  });

  it('finds the one with the serial number of the plan, whatever its case and padding', () => {
    const disks = [
      { ...GOOD, SerialNumber: 'other' },
      { ...GOOD, Index: 1 },
    ];
    expect(choose(disks, 'wd-1234')).toEqual({ printed: 'disk 1', code: 0 });
    expect(choose(disks, 'missing')).toEqual({ printed: 'refuse no-disk-with-serial', code: 1 });
  });

  it.each<readonly [string, Partial<Disk>]>([
    ['USB', { InterfaceType: 'USB' }],
    ['USB by its driver', { PNPDeviceID: 'USBSTOR\\DISK&VEN_X\\1' }],
    ['a card reader', { PNPDeviceID: 'SD\\DISK\\1' }],
    ['external', { MediaType: 'External hard disk media' }],
    ['removable', { Capabilities: [3, 4, 7] }],
    ['too small', { Size: '16000000000' }],
    ['of unknown size', { Size: null }],
  ])('passes over a disk that is %s', (_, change) => {
    expect(choose([{ ...GOOD, ...change }])).toEqual({ printed: 'refuse no-fitting-disk', code: 1 });
    // Not even when the plan names it.
    expect(choose([{ ...GOOD, ...change }], 'WD-1234').code).toBe(1);
  });

  it('says so when there is none at all', () => {
    expect(choose([])).toEqual({ printed: 'refuse no-disk', code: 1 });
  });
});

describe('the inventory', () => {
  const tables = {
    Win32_DiskDrive: [GOOD, { ...NOTHING, Index: 1 }],
    Win32_NetworkAdapter: [{ MACAddress: '52:54:00:12:34:56', Name: 'Red Hat VirtIO "Ethernet"\\1' }],
    Win32_ComputerSystem: [{ Manufacturer: 'Grün & Söhne\u0007', Model: null, TotalPhysicalMemory: '4294967296' }],
    Win32_BIOS: [{ SerialNumber: ' ABC ' }],
    Win32_ComputerSystemProduct: [{ UUID: '4C4C4544-0042-3510-8053-B4C04F4E4A32' }],
    Win32_Processor: [{ Name: 'x' }],
  };

  it('is what the inventory route takes', () => {
    const { printed, code } = run(['inventory'], tables);
    expect(code).toBe(0);
    expect(InventoryRequest.parse(JSON.parse(printed))).toMatchObject({
      manufacturer: 'Grün & Söhne\u0007',
      serial: 'ABC',
      memoryMiB: 4096,
      nics: '52:54:00:12:34:56 Red Hat VirtIO "Ethernet"\\1',
    });
  });

  it('is plain ASCII in one line, whatever firmware says', () => {
    expect(run(['inventory'], tables).printed).toMatch(/^[\u0020-\u007e]+$/);
  });

  it('stays within the limits of the route', () => {
    const many = Array.from({ length: 200 }, (_, Index) => ({ ...GOOD, Index }));
    const { printed } = run(['inventory'], { ...tables, Win32_DiskDrive: many });
    expect(InventoryRequest.safeParse(JSON.parse(printed)).success).toBe(true);
  });

  it('does without what WMI does not know', () => {
    expect(JSON.parse(run(['inventory'], {}).printed)).toEqual({});
  });
});

it('is ECMAScript 3, the language of Windows Script Host', () => {
  expect(HARDWARE_SCRIPT).not.toMatch(/\b(let|const)\b|=>|\.(trim|map|filter|forEach|indexOf)\(|JSON\.|,\s*[}\])]/);
});
