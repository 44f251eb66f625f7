/** `navigator.locks`, as much of it as is used. */
export interface Locks {
  request<T>(name: string, options: { ifAvailable: true }, held: (lock: object | null) => Promise<T>): Promise<T>;
}

/** A BroadcastChannel, as much of it as is used. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: never) => void) | null;
  close(): void;
}

/** Something that tells when a page comes back: `window` and `document` do. */
export interface Wakes {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** What the surroundings offer; whatever is missing is done without. */
export interface Platform {
  locks?: Locks;
  channel?: (name: string) => Channel | undefined;
  wakes?: Wakes[];
  /** Milliseconds of the wall clock. It is compared with itself only, so it may be wrong. */
  now?: () => number;
  random?: () => number;
}

interface Surroundings {
  navigator?: { locks?: Locks };
  window?: Wakes;
  document?: Wakes;
  BroadcastChannel?: new (name: string) => Channel;
}

/** Browsers have all of it, Node has channels. */
export function surroundings(): Required<Omit<Platform, 'locks'>> & Pick<Platform, 'locks'> {
  const { navigator, window, document, BroadcastChannel } = globalThis as unknown as Surroundings;
  return {
    locks: navigator?.locks,
    channel: (name) => BroadcastChannel && new BroadcastChannel(name),
    wakes: [window, document].filter((target) => target !== undefined),
    now: () => Date.now(),
    random: () => Math.random(),
  };
}
