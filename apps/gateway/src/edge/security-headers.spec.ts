import type { FastifyInstance } from 'fastify';
import { assertSecurityHeaders, SECURITY_HEADERS } from './security-headers.js';

const answering = (headers: object) => ({ inject: () => Promise.resolve({ headers }) }) as unknown as FastifyInstance;

it('E-headers: answers without their security headers stop the start', async () => {
  const { 'x-frame-options': _, ...rest } = SECURITY_HEADERS;
  await expect(assertSecurityHeaders(answering(rest))).rejects.toThrow('x-frame-options');
  await expect(assertSecurityHeaders(answering(SECURITY_HEADERS))).resolves.toBeUndefined();
});
