interface Refusing {
  code: number;
  left: number;
}

/** Addresses for which the mail server answers with an error of its own choice. */
export class Refusals {
  private readonly byAddress = new Map<string, Refusing>();

  /**
   * @param code 4xx to be tried again, 5xx for good, 0 to stop.
   * @param times how often; default: until told otherwise.
   */
  refuse(address: string, code: number, times = Number.POSITIVE_INFINITY): void {
    const key = address.toLowerCase();
    if (code === 0) this.byAddress.delete(key);
    else this.byAddress.set(key, { code, left: times });
  }

  errorFor(address: string): (Error & { responseCode: number }) | null {
    const found = this.byAddress.get(address.toLowerCase());
    if (!found || found.left <= 0) return null;
    found.left -= 1;
    const text = found.code < 500 ? 'Mailbox busy, come back later' : 'No such mailbox';
    return Object.assign(new Error(text), { responseCode: found.code });
  }

  clear(): void {
    this.byAddress.clear();
  }
}
