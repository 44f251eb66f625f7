import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { connect, type NatsConnection, type PermissionViolationError } from '@nats-io/transport-node';
import { busPolicy, covers, lintBusPolicy, lintNatsConf, renderNatsConf, type BusPolicy } from '#bus';
import { allCommands, allEvents, BUS_USERS, type BusUser } from '#contracts';
import { ensureNkeys, obtainNatsServer } from '#local';
import { testBroker, testDir, type TestBroker } from '../../../../test/support/index.js';

const HOSTILE = [
  '>',
  '*',
  '*.>',
  '*.*',
  'cmd.>',
  'cmd.*.>',
  'cmd.*.secrets.>',
  'cmd.*.secrets.token.sign',
  'cmd.gateway.>',
  'evt.>',
  'evt.*.*.*',
  '_INBOX.>',
  '_INBOX_gateway.>',
  '_INBOX_operator.>',
  '_INBOX_billing.>',
  '$JS.>',
  '$JS.API.>',
  '$JS.API.INFO',
  '$JS.API.STREAM.DELETE.EVENTS',
  '$JS.API.STREAM.PURGE.EVENTS',
  '$JS.API.STREAM.MSG.DELETE.EVENTS',
  '$JS.API.STREAM.CREATE.MINE',
  '$JS.API.STREAM.NAMES',
  '$JS.API.CONSUMER.CREATE.EVENTS',
  '$JS.API.CONSUMER.DELETE.EVENTS.identity',
  '$JS.API.CONSUMER.MSG.NEXT.EVENTS.identity',
  '$JS.API.DIRECT.GET.KV_limits',
  '$JS.ACK.>',
  '$SYS.>',
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.ACCOUNT.PING.CONNZ',
  '$KV.>',
  '$KV.signatures.x',
  'rtm.all',
  'rtl.>',
];

/** Every subject that the policy names for anybody, made concrete, and the hostile ones. */
function subjectsOf(policy: BusPolicy): string[] {
  const named = BUS_USERS.flatMap((u) => [...policy[u].publish, ...policy[u].subscribe]).map((s) => s.split(' ')[0]!);
  const spoken = allCommands().flatMap((c) => ['gateway', 'billing', ...c.callers].map((u) => `cmd.${u}.${c.name}`));
  const told = allEvents().map((e) => `evt.${e.name}`);
  return [...new Set([...named, ...spoken, ...told, ...HOSTILE])].sort();
}

/** Publishing to a wildcard is no publish at all; the concrete subject below it is tried. */
const concrete = (subject: string): string => subject.replace(/\*/g, 'x1').replace(/>$/, 'x2');

interface Tried {
  allowed: string[];
  refused: string[];
}

/** Follows what the broker refuses on a connection, by subject and queue. */
function follow(nc: NatsConnection): Set<string> {
  const refused = new Set<string>();
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type !== 'error' || !('operation' in status.error)) continue;
      const { operation, subject, queue } = status.error as PermissionViolationError;
      refused.add([operation, subject, queue].filter(Boolean).join(' '));
    }
  })();
  return refused;
}

const settled = async (nc: NatsConnection): Promise<void> => {
  await nc.flush();
  await new Promise((resolve) => setTimeout(resolve, 50));
};

async function tryPublish(nc: NatsConnection, subjects: string[]): Promise<Tried> {
  const refused = follow(nc);
  const all = [...new Set(subjects.map(concrete))];
  for (const subject of all) nc.publish(subject, 'x');
  await settled(nc);
  const isRefused = (s: string): boolean => refused.has(`publish ${s}`);
  return { allowed: all.filter((s) => !isRefused(s)), refused: all.filter(isRefused) };
}

async function trySubscribe(nc: NatsConnection, grants: string[]): Promise<Tried> {
  const refused = follow(nc);
  for (const grant of grants) {
    const [subject, queue] = grant.split(' ') as [string, string?];
    nc.subscribe(subject, { queue, callback: () => undefined });
  }
  await settled(nc);
  const isRefused = (g: string): boolean => refused.has(`subscription ${g}`);
  return { allowed: grants.filter((g) => !isRefused(g)), refused: grants.filter(isRefused) };
}

describe('the broker enforces the policy', () => {
  const policy = busPolicy();
  const subjects = subjectsOf(policy);
  let broker: TestBroker;

  beforeAll(async () => {
    broker = await testBroker();
  });
  afterAll(async () => {
    await broker?.stop();
  });

  const as = async <T>(user: BusUser, work: (nc: NatsConnection) => Promise<T>): Promise<T> => {
    const nc = await connect(broker.connectionOptions(user));
    try {
      return await work(nc);
    } finally {
      await nc.close();
    }
  };

  test.each(BUS_USERS)('BUS1: %s publishes exactly what the policy lists, of every subject there is', async (user) => {
    const tried = await as(user, (nc) => tryPublish(nc, subjects));
    const may = (s: string): boolean => policy[user].publish.some((grant) => covers(grant, s));
    const all = [...tried.allowed, ...tried.refused];
    expect(all.length).toBeGreaterThan(150);
    expect(tried.allowed.sort()).toEqual(all.filter(may).sort());
  });

  test.each(BUS_USERS)(
    'BUS1: %s subscribes to exactly what the policy lists, of every subject there is',
    async (user) => {
      const queues = ['', ' gateway', ' secrets', ` ${user}`, ' other'];
      const grants = [...new Set(subjects.flatMap((s) => (s.startsWith('cmd.') ? queues : ['']).map((q) => s + q)))];
      const tried = await as(user, (nc) => trySubscribe(nc, grants));
      const may = (g: string): boolean => policy[user].subscribe.some((grant) => covers(grant, g));
      expect(tried.allowed.sort()).toEqual(grants.filter(may).sort());
    },
  );

  test('BUS2: nobody hears another inbox, every command, or the broker’s own subjects', async () => {
    for (const user of BUS_USERS) {
      const others = BUS_USERS.filter((u) => u !== user).map((u) => `_INBOX_${u.replaceAll('-', '_')}.>`);
      const wide = ['>', 'cmd.>', 'evt.>', '$JS.>', '$SYS.>', '_INBOX.>', ...others];
      expect((await as(user, (nc) => trySubscribe(nc, wide))).allowed).toEqual([]);
    }
  });

  test('BUS1: no queue group but its own: two apps cannot share, or watch, each other’s commands', async () => {
    const commands = allCommands().filter((c) => c.service === 'identity');
    const tried = await as('identity', (nc) =>
      trySubscribe(
        nc,
        commands.flatMap((c) => [`cmd.*.${c.name}`, `cmd.*.${c.name} x`, `cmd.*.${c.name} identity`]),
      ),
    );
    expect(tried.allowed).toEqual(commands.map((c) => `cmd.*.${c.name} identity`));
  });

  test('an external producer publishes its event plainly and with an acknowledgement, and can do nothing else', async () => {
    const { jetstream } = await import('@nats-io/jetstream');
    await as('billing', async (nc) => {
      const acknowledged = await jetstream(nc).publish('evt.billing.plan.changed', '{}', { msgID: 'p-1' });
      expect(acknowledged).toMatchObject({ stream: 'EVENTS', duplicate: false });
    });
    expect(policy.billing.publish.filter((s) => !s.startsWith('evt.billing.'))).toEqual([]);
    expect(policy.billing.subscribe).toEqual(['_INBOX_billing.>']);
  });
});

describe('BUS11: the configuration', () => {
  const users = (): Record<BusUser, string> => ensureNkeys<BusUser>(testDir('lint'), BUS_USERS);
  const rendered = (): string => renderNatsConf({ port: 4222, storeDir: '/tmp/store', users: users() });

  test('BUS11: the generated policy and configuration have no findings', () => {
    expect(lintBusPolicy()).toEqual([]);
    expect(lintNatsConf(rendered())).toEqual([]);
  });

  test('BUS11: nats-server accepts it, plain, with TLS, in a cluster, and with a user missing', async () => {
    const binary = await obtainNatsServer();
    const dir = testDir('conf');
    const { billing: _, ...without } = users();
    const variants = [
      rendered(),
      renderNatsConf({ port: 4222, storeDir: `${dir}/with "quotes"`, users: without }),
      renderNatsConf({
        port: 4222,
        host: '0.0.0.0',
        monitorPort: 8222,
        serverName: 'nats-0',
        storeDir: dir,
        users: users(),
        cluster: { name: 'gatehouse', port: 6222, routes: ['nats://nats-1:6222'] },
      }),
    ];
    for (const conf of variants) {
      fs.writeFileSync(`${dir}/nats.conf`, conf);
      expect(() => execFileSync(binary, ['-t', '-c', `${dir}/nats.conf`], { stdio: 'pipe' })).not.toThrow();
    }
  });

  test('a private seed instead of a public key is refused before it is written', () => {
    const seed = `SU${'A'.repeat(56)}`;
    expect(() => renderNatsConf({ port: 1, storeDir: '/x', users: { billing: seed } })).toThrow('billing');
  });

  test.each([
    [
      'allow_responses',
      (c: string) => c.replace('permissions: {', 'permissions: {\n allow_responses: true'),
      /allow_resp/,
    ],
    ['no_auth_user', (c: string) => `no_auth_user: x\n${c}`, /no_auth_user/],
    ['a password', (c: string) => c.replace(/nkey: \w+/, 'user: a\n password: b'), /nkeys/],
    [
      'everything allowed',
      (c: string) => c.replace(/publish: \{ allow: \[[^\]]*\]/, 'publish: { allow: [">"]'),
      /everything/,
    ],
    ['an empty allow-list', (c: string) => c.replace(/publish: \{ allow: \[[^\]]*\]/, 'publish: { allow: []'), /empty/],
    ['no authorization', (c: string) => c.replace('authorization {', 'nothing {'), /authorization/],
    ['the same nkey twice', (c: string) => c.replace(/nkey: \w+/g, `nkey: U${'A'.repeat(55)}`), /share/],
    ['no folder for streams', (c: string) => c.replace(/store_dir.*/, ''), /store_dir/],
  ])('BUS11: the linter finds %s', (_name, spoil, finding) => {
    expect(lintNatsConf(spoil(rendered())).join('\n')).toMatch(finding);
  });

  const spoiled: [string, BusUser, 'publish' | 'subscribe', string][] = [
    ['another app’s name', 'gateway', 'publish', 'cmd.identity.secrets.token.sign'],
    ['commands by wildcard', 'gateway', 'publish', 'cmd.gateway.identity.>'],
    ['whole inboxes', 'identity', 'publish', '_INBOX_gateway.>'],
    ['deleting streams', 'operator', 'publish', '$JS.API.STREAM.DELETE.EVENTS'],
    ['an app that makes consumers', 'identity', 'publish', '$JS.API.CONSUMER.CREATE.EVENTS.x'],
    ['everything', 'billing', 'publish', '>'],
    ['a wildcard without reason', 'billing', 'publish', 'evt.billing.>'],
    ['another inbox', 'identity', 'subscribe', '_INBOX_gateway.>'],
    ['commands without a queue group', 'identity', 'subscribe', 'cmd.*.identity.session.login'],
    ['another service’s commands', 'identity', 'subscribe', 'cmd.*.secrets.token.sign identity'],
    ['the broker’s subjects', 'gateway', 'subscribe', '$SYS.ACCOUNT.x'],
    ['all events', 'gateway', 'subscribe', 'evt.>'],
  ];
  test.each(spoiled)('BUS11: the linter finds a grant of %s', (_name, user, what, subject) => {
    const policy = busPolicy();
    policy[user][what].push(subject);
    const findings = lintBusPolicy(policy);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(subject);
  });
});
