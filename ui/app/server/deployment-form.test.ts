import { describe, expect, it } from 'vitest';
import { CreateDeployment, TemplateSettings } from '../../../api/contract/deployments.ts';
import { deploymentRequest, keptValues, settingsRequest, valuesOfSettings } from './deployment-form.server.ts';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const IMAGE = '3f0c8a52-6f0e-4d3a-9a53-0f6a1f1d2c3b';

describe('the form of a new deployment', () => {
  it('leaves out what was left empty, so that the template’s value or the default holds', () => {
    const body = deploymentRequest(
      form({
        mac: '52-54-00-12-34-56',
        machineId: '',
        imageId: IMAGE,
        templateId: '',
        hostName: ' ',
        locale: '',
        remoteDesktop: '',
      }),
    );
    expect(body).toEqual({ mac: '52-54-00-12-34-56', imageId: IMAGE, settings: {}, secrets: {} });
    expect(() => CreateDeployment.parse(body)).not.toThrow();
  });

  it('sends everything that was chosen, as the API wants it', () => {
    const body = deploymentRequest(
      form({
        mac: '52:54:00:12:34:56',
        machineId: IMAGE,
        imageId: IMAGE,
        hostName: 'web-07',
        platform: 'kvm',
        locale: 'de-DE',
        keyboard: 'de-CH',
        timeZone: 'Europe/Berlin',
        remoteDesktop: 'off',
        diskSerial: 'S1',
        preauthorisedRetries: '2',
        domainChoice: 'join',
        domainName: 'corp.example.com',
        domainOu: '',
        domainAccount: 'svc-join',
        domainPassword: ' secret with spaces ',
        administratorPassword: 'long enough',
      }),
    );
    expect(CreateDeployment.parse(body)).toEqual({
      machineId: IMAGE,
      imageId: IMAGE,
      hostName: 'web-07',
      settings: {
        platform: 'kvm',
        locale: 'de-DE',
        keyboard: 'de-CH',
        timeZone: 'Europe/Berlin',
        remoteDesktop: false,
        diskSerial: 'S1',
        preauthorisedRetries: 2,
        domain: { name: 'corp.example.com', ou: null, account: 'svc-join' },
      },
      secrets: { domainPassword: ' secret with spaces ', administratorPassword: 'long enough' },
    });
  });

  it('says "no domain" and keeps a typed join password to itself', () => {
    const body = deploymentRequest(form({ mac: 'x', domainChoice: 'none', domainPassword: 'typed' }));
    expect(body).toMatchObject({ settings: { domain: null }, secrets: {} });
  });

  it('never gives a password back to the page', () => {
    const kept = keptValues(form({ mac: 'x', administratorPassword: 'canary-1', domainPassword: 'canary-2' }));
    expect(JSON.stringify(kept)).not.toContain('canary');
    expect(kept.mac).toBe('x');
  });
});

describe('the form of a template', () => {
  it('shows settings and sends the same settings again', () => {
    const settings = TemplateSettings.parse({
      platform: 'hyperv-gen2',
      locale: 'en-US',
      keyboard: 'de-DE',
      timeZone: 'Europe/Berlin',
      remoteDesktop: false,
      diskSerial: 'ABC',
      preauthorisedRetries: 1,
      domain: { name: 'corp.example.com', ou: 'OU=Servers,DC=corp', account: 'svc' },
    });
    expect(settingsRequest(form(valuesOfSettings(settings) as Record<string, string>))).toEqual(settings);
  });

  it('tells "no domain" from "not preset"', () => {
    expect(valuesOfSettings({ domain: null }).domainChoice).toBe('none');
    expect(valuesOfSettings({}).domainChoice).toBe('');
    expect(settingsRequest(form({}))).toEqual({});
  });
});
