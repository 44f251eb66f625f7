import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { Empty, InvalidToken, ReadMe, type User } from '#contracts';
import { TokenReader } from '../access/token-reader.js';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { TokenBody } from './credentials.rules.js';

const tag = 'Account';

@Controller('v1/auth')
export class UsersController {
  constructor(
    private readonly bus: Bus,
    private readonly tokens: TokenReader,
  ) {}

  @Get('me')
  @Serves(ReadMe, { docs: { tag } })
  me(@Input() input: Empty, @Ask() ask: SendAs): Promise<User> {
    return this.bus.send(ReadMe, input, ask);
  }

  @Post('me/token')
  @HttpCode(200)
  @Serves(ReadMe, { permission: 'anyone', limit: 'token', docs: { tag, input: TokenBody, errors: [InvalidToken] } })
  async meByToken(@Body(TokenBody) { token }: TokenBody, @Ask() ask: SendAs): Promise<User> {
    return this.bus.send(ReadMe, {}, { ...ask, actor: await this.tokens.person(token) });
  }
}
