import { buyerName } from './buyer-name.rules.js';

describe('the name on a license', () => {
  it('is the buyer’s, else the local part of the address', () => {
    expect(buyerName('Ada Lovelace', 'ada@example.com')).toBe('Ada Lovelace');
    expect(buyerName(null, 'ada@example.com')).toBe('ada');
    expect(buyerName(' \u202e\r\n\t ', 'ada@example.com')).toBe('ada');
  });

  it('P10: has no line breaks, controls or marks that turn text around', () => {
    expect(buyerName('Eve\r\nBcc: all@example.com\u0000 \u202eevil', 'e@example.com')).toBe(
      'Eve Bcc: all@example.com evil',
    );
  });

  it('keeps names as people write them', () => {
    expect(buyerName('Zoë 👩‍🚀  O’Neil', 'z@example.com')).toBe('Zoë 👩‍🚀 O’Neil');
    expect(buyerName('می‌خواهم', 'z@example.com')).toBe('می‌خواهم');
  });

  it('is cut to 128 units without halving a character', () => {
    const name = buyerName('a'.repeat(127) + '🚀🚀', 'a@example.com');
    expect(name).toBe('a'.repeat(127));
  });
});
