import type { BootAnswer } from '../../../domain/boot-decision.ts';
import type { CheckName, Verdict } from '../../../domain/evidence.ts';
import type { HoldReason } from '../../../domain/hold.ts';
import type { DeploymentStatus, PhaseName } from '../../../domain/phases.ts';

type Installing = 'queued' | 'holding' | 'succeeded' | 'failed' | 'cancelled';

const en = {
  status: {
    queued: 'Pending',
    running: 'Running',
    holding: 'On hold',
    succeeded: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  } satisfies Record<DeploymentStatus, string>,
  phase: {
    'awaiting-boot': 'Waiting for boot',
    installing: 'Installing',
    'starting-os': 'Starting system',
    'joining-domain': 'Joining domain',
    'checking-agent': 'Checking agent',
    finalising: 'Finishing',
  } satisfies Record<PhaseName, string>,
  /** `Failed while installing`, `On hold while waiting for boot`. */
  whilePhase: {
    'awaiting-boot': 'while waiting for boot',
    installing: 'while installing',
    'starting-os': 'while starting the system',
    'joining-domain': 'while joining the domain',
    'checking-agent': 'while checking the agent',
    finalising: 'while finishing',
  } satisfies Record<PhaseName, string>,
  /** What the current phase needs in order to end. */
  waitsFor: {
    'awaiting-boot': 'Waits for the machine to boot from the network. Power it on now.',
    installing: 'Waits for the installer to report that the system is on the disk.',
    'starting-os': 'Waits for the installed system to start from its disk and for its agent to enrol.',
    'joining-domain': 'Waits for proof from the system that it is a trusted member of its domain.',
    'checking-agent': 'Waits for a report of the agent in which every check passes.',
    finalising: 'The service is tidying up: tokens, secrets, the registry entry.',
  } satisfies Record<PhaseName, string>,
  ended: {
    queued: 'Waits for the workflow engine to take it up.',
    holding: 'Waits for a decision. The machine stays reserved.',
    succeeded: 'The system proved itself and is in the registry.',
    failed: 'This deployment has ended without a system.',
    cancelled: 'This deployment was cancelled.',
  } satisfies Record<Installing, string>,
  hold: {
    'never-booted': 'The machine never booted from the network',
    'installer-silent': 'The installer has gone silent',
    'came-back-after-wipe': 'The machine came back after its disk was erased',
    'install-too-slow': 'The installation takes too long',
    'os-never-started': 'The installed system never started',
    'join-not-proven': 'The domain join is not proven',
    'agent-not-verified': 'The agent has not passed its checks',
    'machine-reported-failure': 'The machine reported a failure',
    'second-exchange': 'Two parties used the same boot script',
    'finalising-failed': 'Tidying up failed',
  } satisfies Record<HoldReason, string>,
  check: {
    mac: 'MAC address',
    'smbios-uuid': 'SMBIOS UUID',
    'host-name': 'Host name',
    os: 'Operating system',
    edition: 'Edition',
    domain: 'Domain',
    'remote-desktop': 'Remote desktop',
    leftovers: 'No secrets left behind',
    clock: 'Clock',
  } satisfies Record<CheckName, string>,
  verdict: { pass: 'Passed', fail: 'Failed', warn: 'Warning', skip: 'Not asked for' } satisfies Record<Verdict, string>,
  boot: {
    install: 'Install',
    local: 'Start from disk',
    hold: 'Wait',
    unknown: 'Unknown: start from disk',
    blocked: 'Blocked: start from disk',
  } satisfies Record<BootAnswer, string>,
  /** By the name of the rule; one that is missing here is shown in the service's own words. */
  bootRule: {
    'unknown-machine': 'No machine with this address is registered.',
    'machine-blocked': 'An operator has blocked this machine.',
    'nothing-to-do': 'No deployment waits for this machine.',
    'already-installed': 'The system is on the disk; it starts from there.',
    'attempt-over': 'This attempt is over; the next one has not begun.',
    frozen: 'This attempt was stopped for safety; an operator has to decide.',
    'wiped-but-not-installed': 'The disk was erased in this attempt already; a second time needs an operator.',
    holding: 'The deployment waits for an operator.',
    'engine-away': 'The workflow engine does not answer.',
    'not-started': 'The deployment is about to begin.',
    install: 'A deployment waits for this machine.',
  } as Readonly<Record<string, string>>,
};

const de: typeof en = {
  status: {
    queued: 'Ausstehend',
    running: 'Läuft',
    holding: 'Angehalten',
    succeeded: 'Fertig',
    failed: 'Fehlgeschlagen',
    cancelled: 'Abgebrochen',
  },
  phase: {
    'awaiting-boot': 'Wartet auf Start',
    installing: 'Wird installiert',
    'starting-os': 'System startet',
    'joining-domain': 'Domänenbeitritt läuft',
    'checking-agent': 'Agent wird geprüft',
    finalising: 'Wird abgeschlossen',
  },
  whilePhase: {
    'awaiting-boot': 'beim Warten auf den Start',
    installing: 'beim Installieren',
    'starting-os': 'beim Starten des Systems',
    'joining-domain': 'beim Domänenbeitritt',
    'checking-agent': 'beim Prüfen des Agenten',
    finalising: 'beim Abschließen',
  },
  waitsFor: {
    'awaiting-boot': 'Wartet darauf, dass der Rechner aus dem Netz startet. Jetzt einschalten.',
    installing: 'Wartet auf die Meldung des Installers, dass das System auf der Platte ist.',
    'starting-os': 'Wartet darauf, dass das installierte System von der Platte startet und sein Agent sich anmeldet.',
    'joining-domain': 'Wartet auf den Nachweis des Systems, dass es vertrauenswürdiges Mitglied seiner Domäne ist.',
    'checking-agent': 'Wartet auf einen Bericht des Agenten, in dem jede Prüfung bestanden ist.',
    finalising: 'Der Dienst räumt auf: Token, Geheimnisse, Eintrag im Verzeichnis.',
  },
  ended: {
    queued: 'Wartet darauf, dass die Workflow-Engine sie übernimmt.',
    holding: 'Wartet auf eine Entscheidung. Der Rechner bleibt reserviert.',
    succeeded: 'Das System hat sich ausgewiesen und steht im Verzeichnis.',
    failed: 'Diese Bereitstellung ist ohne System zu Ende gegangen.',
    cancelled: 'Diese Bereitstellung wurde abgebrochen.',
  },
  hold: {
    'never-booted': 'Der Rechner ist nie aus dem Netz gestartet',
    'installer-silent': 'Der Installer ist verstummt',
    'came-back-after-wipe': 'Der Rechner kam nach dem Löschen der Platte zurück',
    'install-too-slow': 'Die Installation dauert zu lange',
    'os-never-started': 'Das installierte System ist nie gestartet',
    'join-not-proven': 'Der Domänenbeitritt ist nicht nachgewiesen',
    'agent-not-verified': 'Der Agent hat seine Prüfungen nicht bestanden',
    'machine-reported-failure': 'Der Rechner hat einen Fehler gemeldet',
    'second-exchange': 'Zwei Seiten haben dasselbe Startskript benutzt',
    'finalising-failed': 'Das Aufräumen ist fehlgeschlagen',
  },
  check: {
    mac: 'MAC-Adresse',
    'smbios-uuid': 'SMBIOS-UUID',
    'host-name': 'Rechnername',
    os: 'Betriebssystem',
    edition: 'Edition',
    domain: 'Domäne',
    'remote-desktop': 'Remotedesktop',
    leftovers: 'Keine Geheimnisse übrig',
    clock: 'Uhr',
  },
  verdict: { pass: 'Bestanden', fail: 'Nicht bestanden', warn: 'Warnung', skip: 'Nicht verlangt' },
  boot: {
    install: 'Installieren',
    local: 'Von der Platte starten',
    hold: 'Warten',
    unknown: 'Unbekannt: von der Platte starten',
    blocked: 'Gesperrt: von der Platte starten',
  },
  bootRule: {
    'unknown-machine': 'Kein Rechner mit dieser Adresse ist aufgenommen.',
    'machine-blocked': 'Dieser Rechner ist gesperrt.',
    'nothing-to-do': 'Keine Bereitstellung wartet auf diesen Rechner.',
    'already-installed': 'Das System ist auf der Platte; es startet von dort.',
    'attempt-over': 'Dieser Versuch ist vorbei; der nächste hat noch nicht begonnen.',
    frozen: 'Dieser Versuch wurde zur Sicherheit angehalten; ein Mensch muss entscheiden.',
    'wiped-but-not-installed':
      'Die Platte wurde in diesem Versuch schon gelöscht; ein zweites Mal braucht eine Entscheidung.',
    holding: 'Die Bereitstellung wartet auf eine Entscheidung.',
    'engine-away': 'Die Workflow-Engine antwortet nicht.',
    'not-started': 'Die Bereitstellung beginnt gleich.',
    install: 'Eine Bereitstellung wartet auf diesen Rechner.',
  },
};

export const status = { en, de };
