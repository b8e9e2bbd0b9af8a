import ChatModel
import Testing

@testable import ModelTraffic

@Suite(.timeLimit(.minutes(1)))
struct CircuitBreakerTests {
    typealias State = CircuitBreakerState

    /// Admits a call, which must pass, and records its outcome.
    private func call(_ state: inout State, _ outcome: State.Outcome, now: Int64) throws {
        guard case .passes(let permit) = state.admit(now: now) else {
            Issue.record("refused at \(now)")
            return
        }
        state.record(outcome, permit, now: now)
    }

    private func opened() throws -> State {
        var state = State()
        for _ in 0..<5 { try call(&state, .failure, now: 0) }
        #expect(state.phase == .open(until: 5 * second))
        return state
    }

    @Test("1: successes keep it closed")
    func successes() throws {
        var state = State()
        for _ in 0..<100 { try call(&state, .success, now: 0) }
        #expect(state.phase == .closed)
    }

    @Test("2: four failures are too few calls")
    func tooFewCalls() throws {
        var state = State()
        for _ in 0..<4 { try call(&state, .failure, now: 0) }
        #expect(state.phase == .closed)
    }

    @Test("3: fewer than half failing keeps it closed")
    func lowRatio() throws {
        var state = State()
        for _ in 0..<6 { try call(&state, .success, now: 0) }
        for _ in 0..<5 { try call(&state, .failure, now: 0) }
        #expect(state.phase == .closed)
    }

    @Test("4: half failing opens it")
    func highRatio() throws {
        var state = State()
        for _ in 0..<5 { try call(&state, .success, now: 0) }
        for _ in 0..<5 { try call(&state, .failure, now: second) }
        #expect(state.phase == .open(until: 6 * second))
    }

    @Test("5: open refuses and says for how long")
    func refuses() throws {
        var state = try opened()
        #expect(state.admit(now: 2 * second) == .refused(3 * second))
        #expect(state.admit(now: 5 * second - 1) == .refused(1))
    }

    @Test("6, 7: after the pause one call probes, the others are refused")
    func probe() throws {
        var state = try opened()
        guard case .passes = state.admit(now: 5 * second) else {
            Issue.record("the probe was refused")
            return
        }
        #expect(state.phase == .halfOpen)
        for _ in 0..<10 { #expect(state.admit(now: 6 * second) == .refused(State.probePause)) }
    }

    @Test("8: a good probe closes it, and the past is forgotten", arguments: [State.Outcome.success, .objection])
    func goodProbe(_ outcome: State.Outcome) throws {
        var state = try opened()
        try call(&state, outcome, now: 5 * second)
        #expect(state.phase == .closed)
        for _ in 0..<4 { try call(&state, .failure, now: 6 * second) }
        #expect(state.phase == .closed)
        try call(&state, .failure, now: 6 * second)
        #expect(state.phase == .open(until: 11 * second))
    }

    @Test("9: a failing probe doubles the pause, up to a minute")
    func failingProbe() throws {
        var state = try opened()
        var now = 5 * second
        for pause in [10, 20, 40, 60, 60] {
            try call(&state, .failure, now: now)
            now += Int64(pause) * second
            #expect(state.phase == .open(until: now))
        }
    }

    @Test("10: an abandoned probe leaves the next caller to probe")
    func abandonedProbe() throws {
        var state = try opened()
        try call(&state, .unknown, now: 5 * second)
        try call(&state, .success, now: 5 * second)
        #expect(state.phase == .closed)
    }

    @Test("11: failures older than 30 seconds do not count")
    func window() throws {
        var state = State()
        for _ in 0..<4 { try call(&state, .failure, now: 0) }
        try call(&state, .failure, now: 30 * second)
        #expect(state.phase == .closed)
        for _ in 0..<3 { try call(&state, .failure, now: 31 * second) }
        #expect(state.phase == .closed)
        try call(&state, .failure, now: 32 * second)
        #expect(state.phase == .open(until: 37 * second))
    }

    @Test("12: calls from before a change of phase do not count after it")
    func lateOutcomes() throws {
        var state = State()
        guard case .passes(let early) = state.admit(now: 0) else {
            Issue.record("refused")
            return
        }
        for _ in 0..<5 { try call(&state, .failure, now: 0) }
        state.record(.success, early, now: second)
        #expect(state.phase == .open(until: 5 * second))
        guard case .passes(let probe) = state.admit(now: 5 * second) else {
            Issue.record("the probe was refused")
            return
        }
        state.record(.success, early, now: 5 * second)
        #expect(state.phase == .halfOpen)
        state.record(.success, probe, now: 6 * second)
        #expect(state.phase == .closed)
    }

    @Test func whatCounts() {
        let failures: Set<ChatError.Code> = [.serverFailed, .timedOut, .unreachable, .interrupted, .truncated]
        let unknown: Set<ChatError.Code> = [.cancelled, .circuitOpen]
        let objections: Set<ChatError.Code> = [
            .rateLimited, .quotaExhausted, .credentials, .unknownModel, .contextTooLong, .unsupported,
            .invalidRequest, .malformed, .tooLarge, .redirected, .untrusted,
        ]
        for code in failures { #expect(State.Outcome(ChatError(code, "", wasSent: true)) == .failure) }
        for code in unknown { #expect(State.Outcome(ChatError(code, "", wasSent: true)) == .unknown) }
        for code in objections { #expect(State.Outcome(ChatError(code, "", wasSent: true)) == .objection) }
    }

    @Test("RTY-10: an endpoint that is down is not stormed")
    func noStorm() async throws {
        let time = VirtualClock()
        let down = ScriptedModel { _, _ in
            .failure(ChatError(.serverFailed, "busy", status: 503, wasSent: true))
        }
        let control = TrafficControl(clock: time.clock)
        let model = control.model(wrapping: down, endpoint: "http://e/v1", keyIdentity: "k", model: "m")
        // Twenty callers who try again as soon as they may, for ten seconds.
        var due = [Int64](repeating: 0, count: 20)
        for tick in 0..<100 {
            time.advance(to: Int64(tick) * second / 10)
            for caller in due.indices where due[caller] <= time.now {
                do throws(ChatError) {
                    _ = try await model.respond(to: .sample(), onText: nil)
                } catch {
                    due[caller] = time.now + Int64(error.retryAfter ?? 500) * 1_000_000
                    if error.code == .circuitOpen { #expect(!error.wasSent) }
                }
            }
        }
        #expect(down.requests.count >= 6)
        #expect(down.requests.count <= 25)
    }
}
