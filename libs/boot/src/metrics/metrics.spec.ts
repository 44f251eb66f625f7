import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('OPS18: shows what was counted, and the process itself', async () => {
    const metrics = new Metrics();
    metrics.collectProcess();
    metrics.counter('gatehouse_sign_ins_total', 'Sign-ins by outcome', ['outcome']).inc({ outcome: 'ok' });
    metrics.counter('gatehouse_sign_ins_total', 'Sign-ins by outcome', ['outcome']).inc({ outcome: 'ok' });
    const sockets = 3;
    metrics.gauge('gatehouse_sockets', 'Open sockets', [], (gauge) => gauge.set(sockets));
    const { body, contentType } = await metrics.scrape();
    expect(contentType).toContain('text/plain');
    expect(body).toContain('gatehouse_sign_ins_total{outcome="ok"} 2');
    expect(body).toContain('gatehouse_sockets 3');
    expect(body).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(body).toContain('process_resident_memory_bytes');
  });

  it.each([['user_id'], ['email'], ['ip'], ['remote_address'], ['path'], ['username']])(
    'OPS18: refuses the label %s, which has no bound',
    (label) => {
      expect(() => new Metrics().counter('gatehouse_x_total', 'x', [label])).toThrow(label);
    },
  );
});
