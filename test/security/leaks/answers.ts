/** An answer over HTTP: what was asked, without the query, and everything that came back. */
export interface Answered {
  request: string;
  text: string;
}

/** Keeps every answer that this process gets from the origins, until it is stopped. */
export class Answers {
  readonly kept: Answered[] = [];
  private readonly fetch = globalThis.fetch;

  constructor(origins: string[]) {
    globalThis.fetch = async (input, init) => {
      const response = await this.fetch(input, init);
      const url = new URL(input instanceof Request ? input.url : input);
      if (origins.includes(url.origin)) {
        const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
        const text = [...headers, await response.clone().text()].join('\n');
        this.kept.push({ request: `${init?.method ?? 'GET'} ${url.pathname}`, text });
      }
      return response;
    };
  }

  stop(): void {
    globalThis.fetch = this.fetch;
  }
}
