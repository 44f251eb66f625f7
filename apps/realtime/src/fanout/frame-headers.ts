/** Headers by which replicas know what to do with a frame without reading it. */
export const HEADERS = {
  id: 'Gatehouse-Frame',
  eventClass: 'Gatehouse-Class',
  key: 'Gatehouse-Key',
  at: 'Gatehouse-At',
  /** Set by the broker: what it was published on, the frame's place in the stream, and that of the one before it on the same subject. */
  subject: 'Nats-Subject',
  seq: 'Nats-Sequence',
  lastSeq: 'Nats-Last-Sequence',
} as const;

/** Ids travel in headers and in lines of server-sent events: whatever could end a line is written in hex. */
export const headerSafe = (text: string): string =>
  text.replace(/[^\x21-\x7e]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
