import type { Frame } from './events.js';

/** @returns undefined for what is no frame; unknown members are kept, unknown types are frames like others */
export function frameOf(text: unknown): Frame | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const frame = JSON.parse(text) as Partial<Frame> | null;
    if (typeof frame?.id !== 'string' || typeof frame.type !== 'string') return undefined;
    const data = frame.data !== null && typeof frame.data === 'object' ? frame.data : {};
    return { ...frame, id: frame.id, type: frame.type, at: frame.at ?? '', data };
  } catch {
    return undefined;
  }
}
