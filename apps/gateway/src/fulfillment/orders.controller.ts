import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ListMail,
  ListMailRequest,
  ListOrders,
  ListOrdersRequest,
  ListStorefrontEvents,
  ListStorefrontEventsRequest,
  ReplayStorefrontEvent,
  ReplayStorefrontEventRequest,
  ResendMail,
  ResendMailRequest,
  type Mail,
  type MailPage,
  type OrderPage,
  type StorefrontEvent,
  type StorefrontEventPage,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: fulfillment' };

@Controller('internal')
export class OrdersController {
  constructor(private readonly bus: Bus) {}

  @Get('orders')
  @Serves(ListOrders, { docs })
  orders(@Input() input: ListOrdersRequest, @Ask() ask: SendAs): Promise<OrderPage> {
    return this.bus.send(ListOrders, input, ask);
  }

  @Get('storefront-events')
  @Serves(ListStorefrontEvents, { docs })
  events(@Input() input: ListStorefrontEventsRequest, @Ask() ask: SendAs): Promise<StorefrontEventPage> {
    return this.bus.send(ListStorefrontEvents, input, ask);
  }

  @Post('storefront-events/:id/replay')
  @HttpCode(200)
  @Serves(ReplayStorefrontEvent, { docs })
  replay(@Input() input: ReplayStorefrontEventRequest, @Ask() ask: SendAs): Promise<StorefrontEvent> {
    return this.bus.send(ReplayStorefrontEvent, input, ask);
  }

  @Get('mail')
  @Serves(ListMail, { docs })
  mail(@Input() input: ListMailRequest, @Ask() ask: SendAs): Promise<MailPage> {
    return this.bus.send(ListMail, input, ask);
  }

  @Post('mail/:id/resend')
  @HttpCode(200)
  @Serves(ResendMail, { withoutIdempotency: true, docs })
  resend(@Input() input: ResendMailRequest, @Ask() ask: SendAs): Promise<Mail> {
    return this.bus.send(ResendMail, input, ask);
  }
}
