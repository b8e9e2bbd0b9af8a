import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Evidence
import ScriptedServer
import Synchronization
import Testing

/// What a crew does about every status and header of a server that answers badly a number of times, over a real
/// connection: how often it asks, how long it waits, and how it ends.
@Suite(.timeLimit(.minutes(2)))
struct StatusTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var status: Int
        var headers: [String: String]
        var body: String
        /// How often the server answers badly.
        var times: Int
        /// How many requests it gets.
        var attempts: Int
        /// How the run ends, if not well.
        var code: ChatError.Code?
        /// The waits that are due after each bad answer, in milliseconds.
        var waits: ClosedRange<Int64>

        init(
            _ status: Int,
            _ headers: [String: String] = [:],
            body: String = #"{"error":{"message":"no"}}"#,
            times: Int = 1,
            attempts: Int,
            _ code: ChatError.Code? = nil,
            waits: ClosedRange<Int64> = 0...1_000
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.times = times
            self.attempts = attempts
            self.code = code
            self.waits = waits
        }

        var testDescription: String { "\(status) \(headers) \(times)×" }
    }

    private static let json = ["Content-Type": "application/json"]

    private static let transient = [500, 502, 503, 504, 520, 524, 529, 408, 409, 425, 429].flatMap { status -> [Case] in
        // A gateway that no longer waited may hide an answer that is billed: such a call is made once more only.
        let mayBeBilled = [408, 502, 504, 520, 524].contains(status)
        let code: ChatError.Code = status == 408 ? .timedOut : status == 429 ? .rateLimited : .serverFailed
        return [
            Case(status, times: 1, attempts: 2),
            Case(status, times: 2, attempts: mayBeBilled ? 2 : 3, mayBeBilled ? code : nil),
            Case(status, times: 5, attempts: mayBeBilled ? 2 : 3, code),
        ]
    }

    private static let final: [Case] = [
        Case(400, attempts: 1, .invalidRequest), Case(401, attempts: 1, .credentials),
        Case(403, attempts: 1, .credentials), Case(404, attempts: 1, .invalidRequest),
        Case(405, attempts: 1, .invalidRequest), Case(422, attempts: 1, .invalidRequest),
        Case(501, attempts: 1, .invalidRequest), Case(505, attempts: 1, .invalidRequest),
        Case(402, attempts: 1, .quotaExhausted),
        Case(429, body: #"{"error":{"message":"q","code":"insufficient_quota"}}"#, attempts: 1, .quotaExhausted),
        Case(
            429,
            body: #"{"error":{"message":"q","type":"billing_hard_limit_reached"}}"#,
            attempts: 1,
            .quotaExhausted
        ),
        Case(429, body: #"{"error":{"message":"q","code":"credit_balance_exhausted"}}"#, attempts: 1, .quotaExhausted),
        Case(
            429,
            body: #"{"error":{"type":"rate_limit_error","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
            attempts: 1,
            .quotaExhausted
        ),
        Case(
            400,
            body: #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#,
            attempts: 1,
            .contextTooLong
        ),
        Case(500, ["x-should-retry": "false"], attempts: 1, .serverFailed),
        Case(429, ["x-should-retry": "false", "Retry-After": "1"], attempts: 1, .rateLimited),
        Case(400, ["x-should-retry": "true"], attempts: 2),
        // A server's yes does not make a key valid.
        Case(401, ["x-should-retry": "true"], attempts: 1, .credentials),
    ]

    private static let answers: [Case] = [
        // In place of an answer; such a call may have been billed, and is made once more only.
        Case(200, ["Content-Type": "text/html"], body: "<html><title>Log in</title></html>", attempts: 2),
        Case(200, ["Content-Type": "text/html"], body: "<html>Log in</html>", times: 5, attempts: 2, .malformed),
        Case(204, body: "", times: 5, attempts: 2, .malformed),
        Case(200, json, body: "", times: 5, attempts: 2, .malformed),
        Case(200, json, body: #"{"choices":[]}"#, times: 5, attempts: 2, .malformed),
        Case(200, json, body: #"{"choices":null}"#, times: 5, attempts: 2, .malformed),
        Case(200, json, body: #"{"choices":[{"message":null}]}"#, times: 5, attempts: 2, .malformed),
        Case(200, json, body: #"{"choices":[{"message":{"content":"a"}"#, times: 5, attempts: 2, .malformed),
        Case(200, json, body: #"{"choices":[{"message":{"content":"\ud8"},"finish_reason":"stop"}]}"#, attempts: 2),
        Case(
            200,
            json,
            body: String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
            attempts: 2
        ),
        Case(200, json, body: #"{"error":{"message":"busy","type":"server_error"}}"#, attempts: 2),
        Case(
            200,
            json,
            body: #"{"error":{"message":"busy","type":"server_error"}}"#,
            times: 5,
            attempts: 2,
            .serverFailed
        ),
        Case(200, json, body: #"{"error":{"message":"slow down","code":429}}"#, times: 1, attempts: 2),
        // Compressed bytes that nobody asked for, and that are none.
        Case(200, ["Content-Type": "application/json", "Content-Encoding": "gzip"], body: "\u{1F}\u{8B}", attempts: 2),
        Case(302, ["Location": "https://elsewhere.invalid/v1/chat/completions"], attempts: 1, .redirected),
        Case(307, ["Location": "/v1/other"], attempts: 1, .redirected),
    ]

    private static let waits: [Case] = [
        Case(429, ["Retry-After": "1"], attempts: 2, waits: 1_000...1_100),
        Case(503, ["Retry-After": "20"], attempts: 2, waits: 20_000...22_000),
        Case(429, ["Retry-After": "120"], attempts: 2, waits: 120_000...132_000),
        Case(429, ["Retry-After": "121"], attempts: 1, .rateLimited),
        Case(503, ["Retry-After": "121"], attempts: 1, .serverFailed),
        Case(429, ["Retry-After": "5", "retry-after-ms": "300"], attempts: 2, waits: 300...330),
        Case(429, ["retry-after-ms": "nonsense", "Retry-After": "5"], attempts: 2, waits: 5_000...5_500),
        Case(429, ["Retry-After": "Sun, 06 Nov 1994 08:49:39 GMT"], attempts: 2, waits: 2_000...2_200),
        Case(429, ["Retry-After": "Sunday, 06-Nov-94 08:49:39 GMT"], attempts: 2, waits: 2_000...2_200),
        Case(429, ["Retry-After": "Sun Nov  6 08:49:39 1994"], attempts: 2, waits: 2_000...2_200),
        Case(429, ["Retry-After": "Sun, 06 Nov 1994 08:49:30 GMT"], attempts: 2, waits: 0...500),
        Case(429, ["Retry-After": "soon"], attempts: 2, waits: 0...500),
        Case(429, ["Retry-After": "0"], attempts: 2, waits: 0...500),
    ]

    @Test("A server that answers badly", arguments: transient + final + answers + waits)
    func answer(item: Case) async throws {
        // 08:49:37 on the day of RFC 9110's examples.
        let clock = TestClock(at: 784_111_777_000)
        let number = Mutex(0)
        let journal = MemoryJournal()
        try await ScriptedServer.withServer { _, connection in
            let isBad = number.withLock { number in
                number += 1
                return number <= item.times
            }
            if isBad {
                connection.respond(status: item.status, headers: item.headers, body: item.body)
            } else {
                connection.say("work")
            }
        } body: { server in
            let provider = try WiredProvider(server.baseURL, clock)
            let engine = try CrewEngine(models: provider, journal: journal, clock: clock.run)
            let result = try await engine.run(.single())
            #expect(result.status == (item.code == nil ? .finished : .failed), "\(result.message ?? "")")
            #expect(result.code == item.code?.rawValue)
            #expect(result.text == (item.code == nil ? "work" : ""))
            #expect(server.requests.count == item.attempts)
            #expect(!(result.message ?? "").contains("sk-the-key"))
            let events = try await journal.events(of: result.run)
            var failedAt: Int64 = 0
            for event in events {
                if case .callFailed = event.fact { failedAt = event.time }
                if case .retryScheduled(let retry) = event.fact {
                    #expect(item.waits.contains(retry.at - failedAt), "\(retry.at - failedAt) ms")
                }
            }
            await provider.close()
        }
        try Evidence.record(
            .bounded,
            "statuses, headers and bodies of servers that answer badly: so many attempts, such waits, such an end",
            cases: 1
        )
    }

    @Test func aRedirectTakesTheKeyNowhere() async throws {
        let clock = TestClock()
        try await ScriptedServer.withServer { _, connection in
            connection.say("stolen")
        } body: { other in
            let target = other.baseURL + "/v1/chat/completions"
            try await ScriptedServer.withServer { _, connection in
                connection.respond(status: 302, headers: ["Location": target])
            } body: { server in
                let provider = try WiredProvider(server.baseURL, clock)
                let result = try await CrewEngine(models: provider, clock: clock.run).run(.single())
                #expect(result.code == "redirected")
                #expect(server.requests.count == 1)
                await provider.close()
            }
            #expect(other.connectionCount == 0)
        }
        try Evidence.record(.confined, "a redirect to another server is not followed, and no key goes there")
    }
}
