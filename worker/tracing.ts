import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { TracingSettings } from './settings.js';
import { messageOf } from '../domain/error-message.js';

/** With all attempts: a worker that stops waits for the last spans. */
const longestExportMs = 3_000;

export interface Tracing {
  /** A span for each check, notice and page of reconciliation; log lines of activities get its ids. */
  readonly activity: ActivityInterceptorsFactory;
  /** Sends what was not sent yet. */
  stop(): Promise<void>;
}

/**
 * Activities as spans to an OpenTelemetry collector, named and marked as Temporal's own interceptors do it. Workflows are
 * not traced: their histories say more.
 */
export function createTracing(settings: TracingSettings, onError: (error: unknown) => void): Tracing {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.serviceName }),
    spanProcessors: [new BatchSpanProcessor(createExporter(settings, onError))],
  });
  const tracer = provider.getTracer('low-balance');
  return {
    activity({ info }) {
      let span: Span | undefined;
      return {
        inbound: {
          async execute(input, next) {
            span = tracer.startSpan(`RunActivity:${info.activityType}`, {
              root: true,
              attributes: {
                temporalActivityId: info.activityId,
                temporalWorkflowId: info.workflowExecution?.workflowId,
                run_id: info.workflowExecution?.runId,
              },
            });
            try {
              const result = await next(input);
              span.setStatus({ code: SpanStatusCode.OK });
              return result;
            } catch (error) {
              const message = messageOf(error);
              span.recordException(error instanceof Error ? error : message);
              span.setStatus({ code: SpanStatusCode.ERROR, message });
              throw error;
            } finally {
              span.end();
            }
          },
        },
        outbound: {
          getLogAttributes(input, next) {
            const ids = span?.spanContext();
            return next(ids ? { trace_id: ids.traceId, span_id: ids.spanId, ...input } : input);
          },
        },
      };
    },
    stop: () => provider.shutdown(),
  };
}

/** OTLP over HTTP as JSON. A span that the collector does not take is lost: tracing never holds up a check. */
function createExporter(
  { endpoint, headers }: TracingSettings,
  onError: (error: unknown) => void,
): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: longestExportMs,
  });
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error) onError(result.error);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
