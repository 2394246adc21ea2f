// io.temporal:temporal-sdk
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.Map;

public class Refill {
  public static void main(String[] args) {
    String clientId = args[0];
    Map<String, String> refill = Map.of("refillId", args[1], "at", args[2]);
    String address = System.getenv().getOrDefault("TEMPORAL_ADDRESS", "localhost:7233");
    String namespace = System.getenv().getOrDefault("TEMPORAL_NAMESPACE", "default");
    WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    WorkflowClient client = WorkflowClient.newInstance(
        service, WorkflowClientOptions.newBuilder().setNamespace(namespace).build());
    String workflowId = "low-balance:client:" + clientId;

    // A signal: fire and forget. It may be repeated, delayed or reordered without harm.
    WorkflowStub workflow = client.newUntypedWorkflowStub(workflowId);
    workflow.signal("refill", refill);

    // An update: waits for a worker, and answers a receipt.
    System.out.println(workflow.update("refill", Map.class, refill));

    // Signal-with-start: also where the client is not watched yet.
    WorkflowOptions options = WorkflowOptions.newBuilder()
        .setWorkflowId(workflowId).setTaskQueue("low-balance").build();
    client.newUntypedWorkflowStub("watchClient", options)
        .signalWithStart("refill", new Object[] {refill}, new Object[] {Map.of("clientId", clientId)});
    service.shutdown();
  }
}
