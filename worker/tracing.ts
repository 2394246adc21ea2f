import { SpanStatusCode, type Attributes, type HrTime } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { Resource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { TracingSettings } from './settings.js';

export interface Tracing {
  /** A span for each check, notice and page of reconciliation; their log lines get its ids. */
  readonly activity: ActivityInterceptorsFactory;
  /** Sends what was not sent yet. */
  stop(): Promise<void>;
}

/** Activities as spans to an OpenTelemetry collector. Workflows are not traced: their histories say more. */
export function createTracing(settings: TracingSettings, onError: (error: unknown) => void): Tracing {
  const provider = new BasicTracerProvider({
    resource: new Resource({ 'service.name': settings.serviceName }),
  });
  provider.addSpanProcessor(new BatchSpanProcessor(createExporter(settings, onError)));
  const tracer = provider.getTracer('low-balance');
  return {
    activity: (context) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }),
      outbound: new OpenTelemetryActivityOutboundInterceptor(context),
    }),
    stop: () => provider.shutdown(),
  };
}

/** OTLP over HTTP as JSON. A span that the collector does not take is lost: tracing never holds up a check. */
function createExporter(settings: TracingSettings, onError: (error: unknown) => void): SpanExporter {
  const { endpoint, headers } = settings;
  async function post(spans: readonly ReadableSpan[]): Promise<void> {
    const response = await fetch(`${endpoint}/v1/traces`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(requestOf(spans)),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the collector at ${endpoint} answered ${response.status}`);
  }
  async function send(spans: readonly ReadableSpan[], done: (result: ExportResult) => void): Promise<void> {
    let code = ExportResultCode.SUCCESS;
    try {
      await post(spans);
    } catch (error) {
      onError(error);
      code = ExportResultCode.FAILED;
    }
    done({ code });
  }
  return {
    export: (spans, done) => void send(spans, done),
    shutdown: () => Promise.resolve(),
  };
}

function requestOf(spans: readonly ReadableSpan[]): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(spans[0]?.resource.attributes ?? {}) },
        scopeSpans: [{ scope: { name: 'low-balance' }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf(span: ReadableSpan): object {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    attributes: attributesOf(span.attributes),
    status: {
      code: span.status.code,
      ...(span.status.code === SpanStatusCode.ERROR ? { message: span.status.message ?? '' } : {}),
    },
  };
}

function nanoseconds([seconds, rest]: HrTime): string {
  return (BigInt(seconds) * 1_000_000_000n + BigInt(rest)).toString();
}

function attributesOf(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: Attributes[string]): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: Array.isArray(value) ? JSON.stringify(value) : String(value) };
}
