package import ChatModel
import Synchronization

/// A model that is not ours, held to what the engine relies on: an attempt ends after its time and when it is cancelled,
/// whatever the model does, nothing is heard of it afterwards, and the thread that serves the network is not used by it.
package struct BoundedModel: ChatModel {
    private let base: any ChatModel

    /// Bounds a model.
    package init(_ base: any ChatModel) { self.base = base }

    /// Performs one attempt, given up after the request's time.
    package func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        let gate = TextGate(onText)
        var heard: (@Sendable (String) -> Void)?
        if onText != nil { heard = { text in gate.pass(text) } }
        let limit = Duration.milliseconds(max(1, request.timeout))
        let outcome = await BoundedCall<Result<ChatResponse, ChatError>>.run(
            timeout: limit,
            arm: Deadlines.shared.arm,
            timedOut: .failure(ChatError(.timedOut, "the model gave no answer within \(limit)", wasSent: true)),
            cancelled: .failure(ChatError(.cancelled, "the call was given up", wasSent: true))
        ) { [base, heard] in
            do throws(ChatError) { return .success(try await base.respond(to: request, onText: heard)) } catch {
                return .failure(error)
            }
        }
        gate.close()
        return try outcome.get()
    }
}

/// Passes pieces of an answer on until the attempt is over.
private final class TextGate: Sendable {
    private let onText: Mutex<(@Sendable (String) -> Void)?>

    init(_ onText: (@Sendable (String) -> Void)?) { self.onText = Mutex(onText) }

    func pass(_ text: String) { onText.withLock { $0?(text) } }

    func close() { onText.withLock { $0 = nil } }
}
