import {
  commands,
  Location,
  Position,
  Range,
  RelativePattern,
  TestMessage,
  TestRunProfileKind,
  tests,
  Uri,
  window,
  workspace,
  type CancellationToken,
  type ExtensionContext,
  type TestController,
  type TestItem,
  type TestRunRequest,
} from 'vscode';
import { requests, type ScenarioPlace, type ScenarioResult } from '../../server/protocol';
import type { Service } from './service';

/** The scenarios in the Test Explorer: a file for each profile that has some, its scenarios below. */
export function registerScenarios(context: ExtensionContext, service: Service): void {
  const controller = tests.createTestController('lowBalance.scenarios', 'Low Balance scenarios');
  const pattern = new RelativePattern(service.root, 'profiles/**/*.test.json');
  const watcher = workspace.createFileSystemWatcher(pattern);
  const read = (uri: Uri) => readFile(controller, service, uri);
  controller.resolveHandler = async (item) => {
    if (item?.uri) await read(item.uri);
    else await Promise.all((await workspace.findFiles(pattern)).map(read));
  };
  controller.createRunProfile(
    'Play',
    TestRunProfileKind.Run,
    (request, token) => run(controller, service, request, token),
    true,
  );
  context.subscriptions.push(
    controller,
    watcher,
    watcher.onDidCreate(read),
    watcher.onDidChange(read),
    watcher.onDidDelete((uri) => controller.items.delete(uri.toString())),
    commands.registerCommand('lowBalance.openScenarios', openScenarios),
  );
  void controller.resolveHandler(undefined);
}

async function readFile(controller: TestController, service: Service, uri: Uri): Promise<void> {
  const places = await service.request<readonly ScenarioPlace[]>(requests.scenarios, { uri: uri.toString() });
  const label = uri.path
    .split('/')
    .slice(-2)
    .join('/')
    .replace(/\.test\.json$/, '');
  const file = controller.items.get(uri.toString()) ?? controller.createTestItem(uri.toString(), label, uri);
  controller.items.add(file);
  file.children.replace(
    places.map(({ name, line }) => {
      const item = controller.createTestItem(name, name, uri);
      item.range = new Range(line, 0, line, 0);
      return item;
    }),
  );
}

async function run(
  controller: TestController,
  service: Service,
  request: TestRunRequest,
  token: CancellationToken,
): Promise<void> {
  const testRun = controller.createTestRun(request);
  const wanted = request.include ?? [...controller.items].map(([, item]) => item);
  const byFile = new Map<TestItem, TestItem[]>();
  for (const item of wanted) {
    const file = item.parent ?? item;
    const scenarios = item.parent ? [item] : [...item.children].map(([, child]) => child);
    byFile.set(file, [...(byFile.get(file) ?? []), ...scenarios]);
  }
  for (const [file, items] of byFile) {
    if (token.isCancellationRequested) break;
    const scenarios = items.filter((item) => !request.exclude?.includes(item));
    for (const item of scenarios) testRun.started(item);
    const results = await service.request<readonly ScenarioResult[]>(requests.runScenarios, {
      uri: file.uri?.toString(),
      names: scenarios.map(({ id }) => id),
    });
    for (const item of scenarios) {
      const result = results.find(({ name }) => name === item.id);
      if (result?.ok) testRun.passed(item, result.milliseconds);
      else if (result) testRun.failed(item, messageOf(result, item.uri!), result.milliseconds);
      else testRun.skipped(item);
      if (result && !result.ok)
        testRun.appendOutput(result.explanation.replaceAll('\n', '\r\n'), undefined, item);
    }
  }
  testRun.end();
}

/** The timeline, at the notice that differs. */
function messageOf({ explanation, line }: ScenarioResult, uri: Uri): TestMessage {
  const message = new TestMessage(explanation);
  message.location = new Location(uri, new Position(line, 0));
  return message;
}

async function openScenarios(file: string, exists: boolean): Promise<void> {
  const uri = Uri.file(file);
  if (!exists) {
    const text = '{\n  "$schema": "../../schemas/profile-test.schema.json",\n  "scenarios": []\n}\n';
    await workspace.fs.writeFile(uri, Buffer.from(text));
  }
  await window.showTextDocument(uri);
}
