import { describe, expect, it } from 'vitest';
import { preferencesOf, safePath } from './preferences.server.ts';

const asked = (headers: Record<string, string>) => preferencesOf(new Request('http://localhost/', { headers }));

describe('the preferences of a reader', () => {
  it('come from the cookies first, then from the browser', () => {
    expect(asked({ 'accept-language': 'de' })).toEqual({ language: 'de', theme: 'system', zone: 'UTC' });
    expect(
      asked({
        'accept-language': 'de',
        cookie: 'a=b; octofleet-language=en; octofleet-theme=dark; octofleet-zone=Europe%2FBerlin',
      }),
    ).toEqual({ language: 'en', theme: 'dark', zone: 'Europe/Berlin' });
  });

  it('ignore cookies that say nothing we know', () => {
    expect(asked({ cookie: 'octofleet-language=fr; octofleet-theme=pink; octofleet-zone=%E0%A4%A' })).toEqual({
      language: 'en',
      theme: 'system',
      zone: 'UTC',
    });
  });
});

describe('a way back', () => {
  it.each(['/deployments?q=a#b', '/', '/machines/1'])('may lead to %s', (path) => {
    expect(safePath(path)).toBe(path);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', '/a\nb', '/a\\b'])(
    'may not lead to %j',
    (path) => {
      expect(safePath(path)).toBe('/');
    },
  );

  it('leads home when nothing was sent', () => {
    expect(safePath(null)).toBe('/');
    expect(safePath(new File([], 'x'))).toBe('/');
  });
});
