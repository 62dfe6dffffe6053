import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Get,
  Inject,
  Module,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Res,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { Logger, LoggerModule } from 'nestjs-pino';
import { connect, createUsers } from '../users.ts';
import { output } from './logging.mts';
import { createMetrics } from './metrics.mts';

class NewUserDto {
  @IsEmail()
  @MaxLength(255)
  email!: string;

  @IsString()
  @Length(1, 255)
  displayName!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  age: number | null = null;
}

class PageQueryDto {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit = 20;
}

/** The types of parameters, which esbuild does not emit for Nest. */
const validated = (expectedType: new () => object) =>
  new ValidationPipe({ expectedType, transform: true, whitelist: true, forbidNonWhitelisted: true });

const USERS = 'users';
type Users = ReturnType<typeof createUsers>;

@Controller('v1/users')
class UsersController {
  constructor(@Inject(USERS) private readonly users: Users) {}

  @Get()
  list(@Query(validated(PageQueryDto)) { limit }: PageQueryDto) {
    return this.users.list(limit);
  }

  @Get(':id')
  async find(@Param('id', ParseUUIDPipe) id: string) {
    const user = await this.users.find(id);
    if (!user) throw new NotFoundException(`There is no user ${id}`);
    return user;
  }

  @Post()
  async create(@Body(validated(NewUserDto)) newUser: NewUserDto, @Res({ passthrough: true }) res: Response) {
    const user = await this.users.insert(newUser);
    res.location(`/v1/users/${user.id}`);
    return user;
  }
}

const logging = LoggerModule.forRoot({
  pinoHttp: [
    {
      base: { service: 'user-service' },
      genReqId: (req, res) => {
        const id = req.headers['x-request-id'] ?? randomUUID();
        res.setHeader('x-request-id', id);
        return id;
      },
      // the fields of the other sides: by default the line has every header of the request and of the answer
      serializers: {
        req: ({ id, method, url }) => ({ id, method, url }),
        res: ({ statusCode }) => ({ statusCode }),
      },
    },
    output(),
  ],
});

/** NestJS 11 on Express with ValidationPipe, nestjs-pino, prom-client, helmet and a request id. */
export async function start(databaseUrl: string): Promise<string> {
  const metrics = createMetrics();

  @Module({
    imports: [logging],
    controllers: [UsersController],
    providers: [{ provide: USERS, useValue: createUsers(connect(databaseUrl)) }],
  })
  class AppModule {} // oxlint-disable-line typescript/no-extraneous-class -- Nest reads the decorator

  const app = await NestFactory.create<NestExpressApplication>(AppModule, { bufferLogs: true });
  app.useLogger(app.get(Logger));
  app.use(helmet());
  app.use((req: Request, res: Response, next: NextFunction) => {
    const begun = performance.now();
    res.on('finish', () => {
      const route: string = req.route?.path ?? '';
      metrics.observe(req.method, route, res.statusCode, (performance.now() - begun) / 1000);
    });
    next();
  });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}
