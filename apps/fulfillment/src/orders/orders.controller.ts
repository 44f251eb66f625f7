import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ListOrders, type ListOrdersRequest, type OrderPage } from '#contracts';
import { OrdersQueries } from './orders.queries.js';

@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersQueries) {}

  @Handles(ListOrders, { transaction: false })
  list(input: ListOrdersRequest): Promise<OrderPage> {
    return this.orders.page(input);
  }
}
