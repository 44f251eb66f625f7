import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { OPENID_SCOPE, ReadUserInfo, type UserInfo } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Serves } from '../edge/route.js';

const route = { scope: OPENID_SCOPE, docs: { tag: 'OAuth' } };

@Controller('oauth/userinfo')
export class UserInfoController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Serves(ReadUserInfo, route)
  read(@Ask() ask: SendAs): Promise<UserInfo> {
    return this.bus.send(ReadUserInfo, {}, ask);
  }

  @Post()
  @HttpCode(200)
  @Serves(ReadUserInfo, { ...route, body: 'form' })
  post(@Ask() ask: SendAs): Promise<UserInfo> {
    return this.bus.send(ReadUserInfo, {}, ask);
  }
}
