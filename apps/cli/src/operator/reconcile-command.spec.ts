import { InternalApi } from './internal-api.js';
import { reconcile } from './reconcile-command.js';

it('D-cli G18: a comparison is asked for once and read until it is done', async () => {
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const asked: unknown[] = [];
  api.ask = (<T>(method: string, path: string, sent?: { json?: object }) => {
    asked.push([method, path, sent?.json]);
    const state = asked.length < 3 ? 'queued' : 'done';
    return Promise.resolve({ id: 'run', state } as T);
  }) as InternalApi['ask'];
  expect(await reconcile(api, { since: '2026-01-01', mode: 'dry_run' }, 1)).toMatchObject({ state: 'done' });
  expect(asked).toEqual([
    ['POST', '/internal/reconciliations', { since: '2026-01-01', mode: 'dry_run' }],
    ['GET', '/internal/reconciliations/run', undefined],
    ['GET', '/internal/reconciliations/run', undefined],
  ]);
});
