import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import { RouteTable } from '../edge/route-table.js';
import { CONVENTIONS } from './conventions.js';
import { operationOf } from './operations.rules.js';
import { Schemas, type Json } from './schemas.rules.js';

const text = { type: 'string' };

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457 problem document.',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance', 'request_id'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: { type: 'string', description: 'Stable; made for programs.' },
    instance: text,
    request_id: text,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'detail'],
        properties: { field: text, code: text, detail: text },
      },
    },
  },
};

const OAUTH_ERROR: Json = {
  type: 'object',
  description: 'Error answer of RFC 6749 §5.2.',
  required: ['error'],
  properties: { error: text, error_description: text },
};

const SECURITY: Json = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  internalSecret: { type: 'apiKey', in: 'header', name: 'X-Internal-Secret' },
  internalSignature: { type: 'apiKey', in: 'header', name: 'X-Internal-Signature' },
  service: { type: 'http', scheme: 'bearer', description: 'A token of the client credentials grant.' },
};

/** The OpenAPI document, made from the routes and their contracts when somebody asks for it first. */
@Injectable()
export class OpenApiService {
  private text?: string;

  constructor(
    private readonly config: GatewayConfig,
    private readonly routes: RouteTable,
  ) {}

  json(): string {
    return (this.text ??= JSON.stringify(this.document()));
  }

  private document(): Json {
    const schemas = new Schemas();
    const paths = this.paths(schemas);
    return {
      openapi: '3.1.0',
      info: { title: 'Gatehouse', version: '1.0.0', description: CONVENTIONS },
      servers: [{ url: this.config.publicUrl }],
      paths,
      components: { schemas: { ...schemas.all, Problem: PROBLEM, OAuthError: OAUTH_ERROR }, securitySchemes: SECURITY },
    };
  }

  private paths(schemas: Schemas): Json {
    const paths: Record<string, Json> = {};
    for (const route of this.routes.routes) {
      if (!route.options.docs || route.method === 'HEAD') continue;
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemas);
    }
    return paths;
  }
}
