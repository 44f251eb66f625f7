import nodemailer from 'nodemailer';
import { startMailStandIn, type MailStandIn } from './mail-stand-in.js';

describe('the development mail inbox', () => {
  let mail: MailStandIn;
  beforeAll(async () => {
    mail = await startMailStandIn({ records: 3 });
  });
  afterAll(() => mail.close());
  beforeEach(async () => {
    await fetch(`${mail.url}/api/messages`, { method: 'DELETE' });
  });

  const send = (to: string, subject = 'Hello') =>
    nodemailer.createTransport(mail.smtpUrl).sendMail({
      from: 'Shop <shop@example.com>',
      to,
      subject,
      text: 'Grüße <script>alert(1)</script>',
      html: '<p>Grüße</p>',
      attachments: [{ filename: 'license.dtlic', content: 'DTLIC2:abc' }],
    });
  const list = async (query = '') => (await (await fetch(`${mail.url}/api/messages${query}`)).json()) as object[];

  it('D-delivery: shows a mail with exactly the members that the contract names', async () => {
    await send('Ada@example.com');
    expect(await list('?to=ada@EXAMPLE.com')).toEqual([
      {
        id: expect.any(String),
        to: 'Ada@example.com',
        from: 'shop@example.com',
        subject: 'Hello',
        text: expect.stringContaining('Grüße'),
        html: expect.stringContaining('<p>Grüße</p>'),
        attachments: [{ filename: 'license.dtlic', content_base64: Buffer.from('DTLIC2:abc').toString('base64') }],
        at: expect.stringMatching(/^\d{4}-.+\.\d{3}Z$/),
      },
    ]);
  });

  it('lists newest last, keeps no more than its limit, and is emptied by DELETE', async () => {
    for (const subject of ['1', '2', '3', '4']) await send('ada@example.com', subject);
    expect((await list()).map((m) => (m as { subject: string }).subject)).toEqual(['2', '3', '4']);
    await fetch(`${mail.url}/api/messages`, { method: 'DELETE' });
    expect(await list()).toEqual([]);
  });

  it('shows mails on a page without letting them inject anything', async () => {
    await send('ada@example.com', '<img src=x onerror=alert(1)>');
    const id = mail.inbox.list()[0]!.id;
    const pages = await Promise.all(['/', `/messages/${id}`].map(async (p) => (await fetch(mail.url + p)).text()));
    for (const page of pages) expect(page).not.toMatch(/<script|<img/);
    expect(pages[1]).toContain('&lt;script&gt;');
  });

  it('P9: refuses an address with the code it was told, as often as it was told', async () => {
    const refuse = (body: object) =>
      fetch(`${mail.url}/_control/refuse`, { method: 'POST', body: JSON.stringify(body) });
    await refuse({ address: 'busy@example.com', code: 451, times: 1 });
    await expect(send('busy@example.com')).rejects.toMatchObject({ responseCode: 451 });
    await send('busy@example.com');
    await refuse({ address: 'gone@example.com', code: 550 });
    await expect(send('gone@example.com')).rejects.toMatchObject({ responseCode: 550 });
    expect((await refuse({ address: 'x' })).status).toBe(400);
  });
});
