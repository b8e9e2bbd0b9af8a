import CrewTesting
import Foundation
import ScriptedServer
import Synchronization
import Testing

/// `kill -9` at many moments, and `crew resume` after it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CrashTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try ReferenceCrew.install(in: work)
    }

    /// When, in the course of an answer, the program is killed.
    enum Moment: String, CaseIterable, Sendable {
        case requestArrived, answerIsHalfSent, answerIsSent
    }

    @Test func anUndisturbedRunHasItsAnswerAndItsCalls() async throws {
        try await ChatServer.with(replying: ReferenceCrew.reply) { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == ReferenceCrew.answer + "\n")
            #expect(server.requests.count == ReferenceCrew.calls)
            #expect(work.files(below: "notes") == ReferenceCrew.files)
            #expect(work.read("notes/draft.txt") == ReferenceCrew.draft)
        }
    }

    @Test("Killed at a call", arguments: Moment.allCases, 1...ReferenceCrew.calls)
    func atCall(moment: Moment, number: Int) async throws {
        // Once the last answer is out, the program may have ended.
        let isCertain = moment != .answerIsSent || number < ReferenceCrew.calls
        try await survive([Blow(request: number, moment: moment)], leastKills: isCertain ? 1 : 0)
    }

    @Test("Killed at a call, and again while resuming", arguments: [1, 4, 7, 10, 13])
    func again(number: Int) async throws {
        let moments = Moment.allCases
        // Two agents ask at once here and there, and then one kill meets both requests.
        try await survive(
            (0..<4).map { Blow(request: number + $0, moment: moments[($0 + number) % moments.count]) },
            leastKills: 2
        )
    }

    @Test("Killed at a random moment", arguments: RandomMoment.all)
    func atRandom(moment: RandomMoment) async throws {
        // The k-th process lives so long after it was started, or after it has sent its next request; at the longest
        // until it is to hear that the work is done, so that every blow falls on a fast machine too.
        let blows = moment.delays.enumerated().map { Blow(process: $0, microseconds: $1, from: moment.request) }
        try await survive(blows, leastKills: blows.count)
    }

    @Test("A run that is alive cannot be resumed by another process")
    func aSecondExecutorIsRefused() async throws {
        let mayGoOn = Latch()
        try await ChatServer.with { call, connection in
            if call.number == 3 { mayGoOn.waitBlocking() }
            connection.answer(call, ReferenceCrew.reply(call))
        } _: { server in
            let first = try work.start(["run", "crew.yaml"], server: server.url)
            await server.server.wait { $0.requests >= 3 }
            let second = try await work.crew("resume", "last", server: server.url)
            #expect(second.status == 1)
            #expect(second.output.isEmpty)
            #expect(second.errors.contains("\(first.identifier)"), "says who holds it: \(second.errors)")
            let runs = try await work.crew("runs", "--output", "json").object()
            #expect(runs[0]?["status"]?.text == "running")
            mayGoOn.fire()
            let outcome = await first.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == ReferenceCrew.answer + "\n")
            #expect(server.requests.count == ReferenceCrew.calls)
        }
    }
}

/// Random moments from a seed that stands in the names of the cases.
struct RandomMoment: Sendable, CustomTestStringConvertible {
    static let seed: UInt64 = 20_261_122
    /// After which request of a process the time counts; 0 is its start.
    var request: Int
    /// How long each process of the run lives, in microseconds.
    var delays: [Int]

    static let all: [RandomMoment] = {
        var generator = SeededGenerator(seed: seed)
        return (0..<40).map { index in
            let isFromStart = index % 2 == 0
            return RandomMoment(
                request: isFromStart ? 0 : Int.random(in: 1...5, using: &generator),
                delays: (0..<(1 + index % 3)).map { _ in
                    Int.random(in: 0..<(isFromStart ? 300_000 : 15_000), using: &generator)
                }
            )
        }
    }()

    var testDescription: String { "seed \(Self.seed): \(delays) µs after request \(request)" }
}

// MARK: - Killing

/// A `SIGKILL`.
private struct Blow: Sendable {
    enum Time: Sendable {
        /// At a request, counted over all processes of the run.
        case request(Int, CrashTests.Moment)
        /// So many microseconds after a process's start or a request of its own.
        case delay(process: Int, microseconds: Int, from: Int)
    }

    var time: Time

    init(request: Int, moment: CrashTests.Moment) { time = .request(request, moment) }

    init(process: Int, microseconds: Int, from request: Int) {
        time = .delay(process: process, microseconds: microseconds, from: request)
    }
}

/// The process under test, as the server's threads see it.
private final class Victim: Sendable {
    private struct State {
        var process: ChildProcess?
        var number = -1
        /// The requests of the present process.
        var requests = 0
        /// The requests of which processes were killed: each blow falls once.
        var struck: Set<Int> = []
    }

    private let blows: [Blow]
    private let state = Mutex(State())

    init(_ blows: [Blow]) { self.blows = blows }

    /// Starts a process while no request is served, so that none is served before it is known whose it is.
    func start(_ make: () throws -> ChildProcess) rethrows -> ChildProcess {
        try state.withLock { state in
            let process = try make()
            state.process = process
            state.number += 1
            state.requests = 0
            strikeLater(state)
            return process
        }
    }

    func count() {
        state.withLock { state in
            state.requests += 1
            strikeLater(state)
        }
    }

    func pass(_ moment: CrashTests.Moment, of request: Int) {
        state.withLock { state in
            for case .request(request, moment) in blows.map(\.time) where state.struck.insert(request).inserted {
                state.process?.send(SIGKILL)
            }
        }
    }

    /// Strikes a process that would end before its blow falls.
    func passEnd() {
        state.withLock { state in
            for case .delay(state.number, _, _) in blows.map(\.time) { state.process?.send(SIGKILL) }
        }
    }

    private func strikeLater(_ state: State) {
        for case .delay(state.number, let microseconds, state.requests) in blows.map(\.time) {
            let process = state.process
            let thread = Thread {
                usleep(UInt32(microseconds))
                process?.send(SIGKILL)
            }
            thread.start()
        }
    }
}

extension ChatServer {
    /// Answers as the reference crew's model, each time with other costs, and kills meanwhile.
    fileprivate static func script(_ victim: Victim) -> Script {
        { call, connection in
            victim.count()
            victim.pass(.requestArrived, of: call.number)
            let reply = ReferenceCrew.numbered(call)
            if reply.text?.contains(#""kind":"finish""#) == true { victim.passEnd() }
            let events = reply.events() + ["[DONE]"]
            connection.writeHead(
                status: 200,
                headers: ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"]
            )
            for (index, event) in events.enumerated() {
                if index == events.count / 2 { victim.pass(.answerIsHalfSent, of: call.number) }
                connection.writeChunk("data: \(event)\n\n")
            }
            connection.writeChunk("")
            victim.pass(.answerIsSent, of: call.number)
        }
    }
}

// MARK: - Checking

extension CrashTests {
    /// Runs the crew under blows, resumes it until it ends, and checks what must hold.
    private func survive(_ blows: [Blow], leastKills: Int) async throws {
        let victim = Victim(blows)
        try await ChatServer.with(answering: ChatServer.script(victim)) { server in
            var outcome = try await victim.start { try work.start(["run", "crew.yaml"], server: server.url) }.outcome()
            var kills = 0
            while outcome.signal == SIGKILL {
                kills += 1
                try #require(kills <= blows.count)
                let runs = try await work.crew("runs", "--output", "json").object().items
                try #require(runs.count <= 1)
                guard let run = runs.first else {
                    // It did not live to create the run.
                    outcome = try await victim.start { try work.start(["run", "crew.yaml"], server: server.url) }
                        .outcome()
                    continue
                }
                // It may have been killed between its last record and its end.
                if run["status"]?.text == "finished" { break }
                #expect(run["status"]?.text == "interrupted")
                outcome = try await victim.start { try work.start(["resume", "last"], server: server.url) }.outcome()
            }
            if outcome.signal == nil {
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output == ReferenceCrew.answer + "\n")
            }
            #expect(kills >= leastKills)
            try await check(server.requests, kills)
        }
    }

    private func check(_ requests: [ChatCall], _ kills: Int) async throws {
        let shown = try await work.crew("show", "last", "--output", "json").object()
        #expect(shown["status"]?.text == "finished")
        #expect(shown["result"]?.text == ReferenceCrew.answer)
        let events = try await work.crew("show", "last", "--events").lines()
        try ReferenceCrew.check(events, requests, kills: kills, in: work)
    }
}
