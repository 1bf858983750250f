import { HINTS } from '../../../domain/hold.ts';
import type { HoldReason } from '../../../domain/hold.ts';

type Hints = Readonly<Record<HoldReason, readonly string[]>>;

const de: Hints = {
  'never-booted': [
    'Ist der Rechner eingeschaltet, und steht der Netzstart in der Startreihenfolge vorn (oder wurde er gewählt)?',
    'Gehört die MAC-Adresse zu der Karte, die im Bereitstellungsnetz steckt?',
    'Nennt DHCP in diesem Netz das Startskript dieses Dienstes? „Start erklären“ für diese MAC öffnen.',
    'Spanning Tree ohne Port-Fast verzögert die Verbindung über das DHCP-Zeitlimit der Firmware hinaus.',
  ],
  'installer-silent': [
    'Auf den Bildschirm des Rechners sehen: Der Installer zeigt dort seinen letzten Schritt und Fehler.',
    'Sind Netzkabel und Switch-Port noch aktiv? Der Installer versucht weiter zu melden.',
    'Das Protokoll am Ende dieser Seite ist das Letzte, was er gesendet hat.',
  ],
  'came-back-after-wipe': [
    'Der Rechner ist nach dem Löschen seiner Platte erneut aus dem Netz gestartet, bevor er „installiert“ gemeldet hat.',
    'Ein neuer Versuch löscht die Platte noch einmal; nur wählen, wenn nichts darauf gebraucht wird.',
    'Kommt er immer wieder zurück, stürzt der Installer ab oder jemand setzt den Rechner zurück.',
  ],
  'install-too-slow': [
    'Ist die Quelle des Abbilds aus diesem Netz mit voller Geschwindigkeit erreichbar?',
    'Die Frist verlängern, wenn der Installer noch vorankommt.',
  ],
  'os-never-started': [
    'Startet der Rechner von der Platte, auf die installiert wurde? Auf seinen Bildschirm sehen.',
    'Zeigt er wieder den Netzstart, die Platte in der Startreihenfolge nach vorn setzen.',
    'Fehlen dem Abbild Speicher- oder Netztreiber, kann das System nicht starten oder sich nicht melden.',
  ],
  'join-not-proven': [
    'Kann der Rechner mit den zugewiesenen DNS-Servern einen Domänencontroller auflösen und erreichen?',
    'Weicht seine Uhr höchstens fünf Minuten von der der Domäne ab?',
    'Darf das Beitrittskonto in dieser Organisationseinheit Computer anlegen?',
  ],
  'agent-not-verified': [
    'Die Tabelle der Nachweise auf dieser Seite sagt, welche Prüfungen fehlschlagen.',
    'Kam kein Bericht: Läuft der Dienst des Agenten auf dem Rechner, und darf er diesen Dienst erreichen?',
  ],
  'machine-reported-failure': [
    'Die Worte des Rechners stehen oben; das Protokoll unten enthält die Zeilen davor.',
    'Die Ursache beheben und erneut versuchen. Ein neuer Versuch löscht die Platte noch einmal.',
  ],
  'second-exchange': [
    'Zwei Seiten haben das Startskript dieses Versuchs benutzt. Eine davon ist nicht dieser Rechner, oder er wurde mitten im Start zurückgesetzt.',
    'Vor dem nächsten Versuch prüfen, wer sonst im Bereitstellungsnetz ist: Er öffnet einen neuen Versuch mit neuen Token.',
  ],
  'finalising-failed': [
    'Der Rechner ist installiert. Der Dienst konnte danach nicht aufräumen; von hier an erneut versuchen.',
  ],
};

export const hints: { readonly en: Hints; readonly de: Hints } = { en: HINTS, de };
