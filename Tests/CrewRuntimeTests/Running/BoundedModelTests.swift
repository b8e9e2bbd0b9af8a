import ChatModel
import CrewRuntime
import Synchronization
import Testing

/// What is relied on of models that somebody else has written.
struct BoundedModelTests {
    /// A model that heeds neither its time nor its cancellation, and keeps the means to speak.
    private final class Deaf: ChatModel {
        let onText = Mutex<(@Sendable (String) -> Void)?>(nil)

        func respond(
            to request: ChatRequest,
            onText: (@Sendable (String) -> Void)?
        ) async throws(ChatError) -> ChatResponse {
            self.onText.withLock { $0 = onText }
            onText?("early")
            await Task.detached { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }.value
            return ChatResponse(text: "never", usage: nil)
        }
    }

    private static func request(timeout: Int) -> ChatRequest {
        ChatRequest(model: "m", conversation: Conversation([.user("Hello")]), maximumOutput: 10, timeout: timeout)
    }

    @Test func anAttemptEndsAfterItsTimeAndNothingIsHeardOfItAfterwards() async throws {
        let model = Deaf()
        let heard = Mutex<[String]>([])
        let error = await #expect(throws: ChatError.self) {
            try await BoundedModel(model).respond(to: Self.request(timeout: 200)) { text in
                heard.withLock { $0.append(text) }
            }
        }
        // It may have been answered, and billed, for all that is known.
        #expect(error?.code == .timedOut && error?.wasSent == true)
        model.onText.withLock { $0 }?("late")
        #expect(!heard.withLock { $0 }.contains("late"))
    }

    @Test func anAttemptThatIsCancelledEnds() async throws {
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let model = BoundedModel(Deaf())
        let attempt = Task {
            try await model.respond(to: Self.request(timeout: 3_600_000)) { _ in continuation.yield() }
        }
        for await _ in begun { break }
        attempt.cancel()
        let error = await #expect(throws: ChatError.self) { try await attempt.value }
        #expect(error?.code == .cancelled)
    }
}
