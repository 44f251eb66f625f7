import { Http } from './http.js';

const BASES = ['https://id.example', 'https://id.example/gatehouse/', ''];
const HOSTILE = [
  ...['@elsewhere.example/', '.elsewhere.example/', ':0/', '0/', 'v1/auth/me', ''],
  ...['//elsewhere.example/', '/\\elsewhere.example/', '/\t/elsewhere.example/', 'https://elsewhere.example/'],
];

describe('B-silent-refresh a path', () => {
  const asked: string[] = [];
  const of = (baseUrl: string): Http =>
    new Http({
      baseUrl,
      fetch: (input) => {
        asked.push(String(input));
        return Promise.resolve(new Response('{}'));
      },
    });
  beforeEach(() => asked.splice(0));

  it.each(BASES)(
    'leads behind %j and nowhere else, whoever has made it: no other host is sent a token',
    async (base) => {
      for (const path of HOSTILE) {
        await expect(of(base).send(path)).rejects.toThrow(TypeError);
        await expect(of(base).json(path)).rejects.toThrow(TypeError);
      }
      expect(asked).toEqual([]);
      await of(base).send('/v1/auth/me?next=//elsewhere.example');
      expect(asked).toEqual([`${base.replace(/\/$/, '')}/v1/auth/me?next=//elsewhere.example`]);
    },
  );
});
