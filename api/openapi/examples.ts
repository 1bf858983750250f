import { CURE_FOR } from '../../domain/image.ts';
import type { SchemaName } from './schemas.ts';

/** One example of everything, of one machine's story. A test parses each with its schema. */

const DEPLOYMENT = '5b0d7a52-6d0e-4f4b-9a3c-0f5f1d2c7e11';
const MACHINE = '0c0f8f0e-5f0b-4c5c-8a43-6f2a3c1b9d22';
const IMAGE = 'f2b0a6f4-6a46-4d6e-9c86-2d1d3a0a7b33';
const SYSTEM = '7d9c1f0a-2b3c-4d5e-8f60-718293a4b544';
const TEMPLATE = '3e2d1c0b-9a88-4776-a554-332211009f55';
const TOKEN = '91f0e2d3-c4b5-4a69-8788-796a5b4c3d66';
const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const AT = '2026-11-23T08:15:00.000Z';
const LATER = '2026-11-23T11:15:00.000Z';
const MAC = '52:54:00:12:34:56';

const row = {
  id: DEPLOYMENT,
  status: 'running',
  phase: 'installing',
  step: 'applying',
  percent: 48,
  attempt: 1,
  hostName: 'WEB-07',
  mac: MAC,
  machineId: MACHINE,
  imageId: IMAGE,
  imageName: 'Windows Server 2025 Standard',
  family: 'windows',
  holdReason: null,
  deadlineAt: LATER,
  phaseSince: AT,
  lastSeenAt: AT,
  createdAt: AT,
  endedAt: null,
  createdBy: 'admin',
  demo: false,
  version: 17,
};

const settings = { timeZone: 'Europe/Berlin', locale: 'de-DE', remoteDesktop: true };

const machine = {
  id: MACHINE,
  name: 'Rack 4, unit 12',
  macs: [MAC],
  smbiosUuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
  serial: 'B5QSNJ2',
  manufacturer: 'QEMU',
  model: 'Standard PC',
  platform: 'kvm',
  registered: true,
  blocked: false,
  demo: false,
  lastVisitAt: AT,
  lastAnswer: 'install',
  openDeploymentId: DEPLOYMENT,
  systemId: null,
  createdAt: AT,
};

const image = {
  id: IMAGE,
  name: 'Windows Server 2025 Standard',
  family: 'windows',
  kind: 'wim',
  assetSha256: SHA256,
  size: 6_543_210_987,
  edition: 'ServerStandard',
  wimIndex: 2,
  compression: null,
  diskSize: null,
  demo: false,
  missing: [{ role: 'wimboot', cure: CURE_FOR.wimboot }],
  deployments: 3,
  createdAt: AT,
};

const asset = {
  sha256: SHA256,
  name: 'install.wim',
  role: 'image',
  size: 6_543_210_987,
  demo: false,
  current: true,
  createdAt: AT,
};

const template = {
  id: TEMPLATE,
  name: 'Web servers',
  imageId: IMAGE,
  imageName: 'Windows Server 2025 Standard',
  settings,
  version: 2,
  demo: false,
  deployments: 12,
  createdAt: AT,
  updatedAt: AT,
};

const system = {
  id: SYSTEM,
  machineId: MACHINE,
  deploymentId: DEPLOYMENT,
  hostName: 'WEB-07',
  osName: 'Windows Server 2025 Standard',
  osVersion: '10.0.26100',
  domainName: 'corp.example.com',
  agentVersion: '1',
  lastReportAt: AT,
  acceptedAt: AT,
  demo: false,
};

const part = { up: true, detail: '' };

export const EXAMPLES: Readonly<Record<SchemaName, unknown>> = {
  Problem: {
    type: '/problems/machine-already-deploying',
    title: 'This machine already has an open deployment',
    status: 409,
    detail: 'This machine already has an open deployment.',
    instance: 'urn:uuid:6a1f0c52-93f5-4c84-a7c6-2f3cf3e3f077',
    deploymentId: DEPLOYMENT,
  },
  Alive: { status: 'alive' },
  Readiness: { ready: true, parts: { database: part, engine: part, worker: part } },
  SignIn: { name: 'admin', password: 'correct horse battery staple' },
  SessionView: { name: 'admin', role: 'administrator', passwordSet: true },
  SetPassword: { current: '', password: 'correct horse battery staple' },
  CreateToken: { name: 'Inventory system', days: 365 },
  CreatedToken: { id: TOKEN, name: 'Inventory system', token: 'octo_…', expiresAt: LATER },
  TokenList: {
    items: [
      { id: TOKEN, name: 'Inventory system', hint: 'octo_Xk3d', createdAt: AT, expiresAt: LATER, lastUsedAt: null },
    ],
  },
  CreateDeployment: {
    mac: MAC,
    imageId: IMAGE,
    hostName: 'WEB-07',
    settings: { domain: { name: 'corp.example.com', ou: null, account: 'svc-join' } },
    secrets: { administratorPassword: 'Correct-Horse-42', domainPassword: 'Battery-Staple-43' },
  },
  DeploymentRow: row,
  DeploymentView: {
    ...row,
    hold: null,
    phases: [
      { name: 'awaiting-boot', state: 'done', startedAt: AT, endedAt: AT, deadlineSeconds: 86_400 },
      { name: 'installing', state: 'current', startedAt: AT, endedAt: null, deadlineSeconds: 10_800 },
      { name: 'starting-os', state: 'ahead', startedAt: null, endedAt: null, deadlineSeconds: 3_600 },
    ],
    checks: [],
    settings,
    actions: { retry: false, retryFrom: [], extend: true, cancel: true, fail: true, delete: false },
    templateId: null,
    systemId: null,
    temporalUrl: null,
  },
  DeploymentPage: { items: [row], next: null },
  ActivityPage: {
    items: [
      {
        id: 'e311',
        at: AT,
        kind: 'installer.step',
        source: 'machine',
        actor: '',
        level: 'info',
        attempt: 1,
        phase: 'installing',
        step: 'applying',
        stepStatus: 'started',
        message: '',
      },
    ],
    next: null,
  },
  RetryRequest: { from: null },
  ExtendRequest: { minutes: 30 },
  FailRequest: { reason: 'The machine goes back to its vendor.' },
  Preview: { files: [{ name: 'diskpart.txt', contentType: 'text/plain; charset=utf-8', body: 'select disk 0\r\n' }] },
  Explanation: {
    mac: MAC,
    answer: 'install',
    rule: 'install',
    because: 'A deployment waits for this machine.',
    rules: [
      {
        rule: 'install',
        answer: 'install',
        because: 'A deployment waits for this machine.',
        applies: true,
        decides: true,
      },
    ],
  },
  CreateMachine: { name: 'Rack 4, unit 12', macs: [MAC], platform: 'kvm' },
  PatchMachine: { name: 'Rack 4, unit 13' },
  MachineView: machine,
  MachinePage: { items: [machine], next: null },
  CreateImage: {
    kind: 'wim',
    name: 'Windows Server 2025 Standard',
    assetSha256: SHA256,
    edition: 'ServerStandard',
    wimIndex: 2,
  },
  PatchImage: { name: 'Windows Server 2025 Standard, November' },
  ImageView: image,
  ImagePage: { items: [image], next: null },
  AssetView: asset,
  AssetList: { items: [asset] },
  TemplateSettings: settings,
  CreateTemplate: { name: 'Web servers', imageId: IMAGE, settings },
  PatchTemplate: { settings },
  TemplateView: template,
  TemplatePage: { items: [template], next: null },
  SystemView: system,
  SystemPage: { items: [system], next: null },
  OverviewCounts: {
    running: 9,
    holding: 3,
    succeededWeek: 41,
    failedWeek: 3,
    newMachines: 2,
    images: 4,
    demo: false,
  },
  PlatformList: { items: [{ id: 'kvm', name: 'KVM and QEMU' }] },
  ExchangeRequest: { clientKey: 'b2f7c4d1', mac: MAC, firmware: 'efi' },
  ExchangeAnswer: { token: 'pYk0…', deploymentId: DEPLOYMENT, attempt: 1 },
  WipePermitRequest: { permitKey: 'c91a77e0', disk: 'QM00001' },
  WipePermitAnswer: { answer: 'GRANT' },
  InstallerEvent: { seq: 12, step: 'applying', status: 'progress', percent: 40 },
  EventAnswer: { accepted: true, repeated: false },
  LogAnswer: { accepted: true },
  InventoryRequest: { manufacturer: 'QEMU', model: 'Standard PC', memoryMiB: 4_096, disks: 'QM00001 32 GiB' },
  EnrolRequest: {
    token: 'Zk3v0lUq2rYp8sTn5wXe7A',
    clientKey: 'f00dfeed',
    hostName: 'WEB-07',
    macs: [MAC],
    agentVersion: '1',
  },
  EnrolAnswer: { deviceKey: 'Wm4n…', systemId: SYSTEM, reportEverySeconds: 30 },
  AgentReport: {
    seq: 1,
    evidence: {
      agentVersion: '1',
      bootId: '1763885700',
      hostName: 'WEB-07',
      macs: [MAC],
      os: {
        family: 'windows',
        name: 'Windows Server 2025 Standard',
        version: '10.0.26100',
        edition: 'ServerStandard',
      },
      domain: { name: 'corp.example.com', trusted: true },
      remoteDesktop: true,
      leftovers: [],
      now: 1_795_421_700,
    },
  },
  ReportAnswer: { verdict: 'verified', failing: [], reportEverySeconds: 300 },
};
