import ChatModel
import Synchronization

/// A model that answers as a test says and remembers what it was asked.
final class ScriptedModel: ChatModel {
    typealias Answer = @Sendable (_ number: Int, ChatRequest) async -> Result<ChatResponse, ChatError>

    private let seen = Mutex<[ChatRequest]>([])
    private let answer: Answer

    init(_ answer: @escaping Answer = { _, _ in .success(ChatResponse(text: "yes")) }) {
        self.answer = answer
    }

    var requests: [ChatRequest] { seen.withLock { $0 } }

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count
        }
        let response = try await answer(number, request).get()
        onText?(response.text)
        return response
    }
}

extension ChatRequest {
    /// A short request.
    static func sample(
        _ text: String = "What is a tide?",
        maximumOutput: Int = 100,
        timeout: Int = 600_000,
        cache: CachePolicy = .off
    ) -> ChatRequest {
        ChatRequest(
            model: "m",
            conversation: Conversation([.system("Be brief."), .user(text)]),
            maximumOutput: maximumOutput,
            timeout: timeout,
            cache: cache
        )
    }
}
