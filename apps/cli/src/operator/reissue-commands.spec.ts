import { InternalApi } from './internal-api.js';
import { reissueAll } from './reissue-commands.js';

function apiThat(answers: { reissued: number; remaining: number }[]) {
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const asked: unknown[] = [];
  api.ask = (<T>(method: string, path: string, sent?: { json?: object }) => {
    asked.push([method, path, sent?.json]);
    return Promise.resolve(answers.shift() as T);
  }) as InternalApi['ask'];
  return { api, asked };
}

it('D-cli D-rotation: all licenses of a key are signed anew, a few at a time', async () => {
  const { api, asked } = apiThat([
    { reissued: 100, remaining: 42 },
    { reissued: 42, remaining: 0 },
  ]);
  expect(await reissueAll(api, { kid: 'k1', mail: true })).toEqual({ reissued: 142, remaining: 0 });
  expect(asked).toEqual(Array(2).fill(['POST', '/internal/blobs/reissue', { kid: 'k1', mail: true }]));
});

it('D-cli D-rotation: ends when none of those that remain can be signed', async () => {
  const { api } = apiThat([
    { reissued: 1, remaining: 2 },
    { reissued: 0, remaining: 2 },
  ]);
  expect(await reissueAll(api, { kid: 'k1' })).toEqual({ reissued: 1, remaining: 2 });
});
