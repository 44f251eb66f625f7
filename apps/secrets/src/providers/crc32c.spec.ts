import { crc32c } from './crc32c.js';

it.each([
  ['nothing', Buffer.alloc(0), 0],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 ascending bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
  ['nine digits', Buffer.from('123456789'), 0xe3069283],
])('D-kms: CRC32C of %s is that of RFC 3720', (_, bytes, expected) => expect(crc32c(bytes)).toBe(expected));
