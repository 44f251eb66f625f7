import { randomUUID } from 'node:crypto';
import PostalMime from 'postal-mime';

/** A mail as `GET /api/messages` shows it. */
export interface InboxMessage {
  id: string;
  /** Address that the mail server was told to deliver to. */
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string | null;
  attachments: { filename: string; content_base64: string }[];
  at: string;
}

interface Kept {
  message: InboxMessage;
  /** The address without regard to case. */
  mailbox: string;
  raw: Buffer;
}

/** Everybody's mailbox: the last `limit` mails, whoever they were for. */
export class Inbox {
  /** By id, oldest first. */
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly limit = 1000) {}

  /** Takes a mail in, once for each recipient. */
  async deliver(raw: Buffer, envelope: { from: string; to: string[] }): Promise<void> {
    const mail = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
    for (const to of envelope.to) {
      const message: InboxMessage = {
        id: randomUUID(),
        to,
        from: mail.from?.address ?? envelope.from,
        subject: mail.subject ?? '',
        text: mail.text ?? '',
        html: mail.html ?? null,
        attachments: mail.attachments.map((a) => ({
          filename: a.filename ?? 'attachment',
          content_base64: Buffer.from(a.content as ArrayBuffer).toString('base64'),
        })),
        at: new Date().toISOString(),
      };
      this.kept.set(message.id, { message, mailbox: to.toLowerCase(), raw });
    }
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.limit) break;
      this.kept.delete(oldest);
    }
  }

  /** Mails, newest last; of one address when it is given, in whatever case. */
  list(to?: string | null): InboxMessage[] {
    const wanted = to?.trim().toLowerCase();
    const all = [...this.kept.values()];
    return (wanted ? all.filter((k) => k.mailbox === wanted) : all).map((k) => k.message);
  }

  find(id: string): InboxMessage | undefined {
    return this.kept.get(id)?.message;
  }

  /** The mail as it came over the wire, headers and all. */
  raw(id: string): Buffer | undefined {
    return this.kept.get(id)?.raw;
  }

  clear(): void {
    this.kept.clear();
  }
}
