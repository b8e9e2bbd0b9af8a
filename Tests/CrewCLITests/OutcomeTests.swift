import ChatModel
import CrewRuntime
import Testing

@testable import CrewCLI
@testable import CrewCore
@testable import CrewReport

/// How the program ends, and what it prints for programs.
struct OutcomeTests {
    private func result(_ facts: [Fact]) throws -> RunResult {
        RunResult(try #require(RunState(folding: SampleRun.events(facts), prompts: try PromptBook.builtIn())))
    }

    private func ended(_ status: RunStatus, _ code: String?) throws -> RunResult {
        let end = RunEnded(status: status, code: code, message: "why", answer: nil, results: [], missing: ["text"])
        return try result(SampleRun.begin + [.runEnded(end)])
    }

    @Test(
        arguments: [
            (RunStatus.finished, nil, ProgramStatus.finished), (.failed, "coordinator_failed", .failed),
            (.failed, "answer_rejected", .failed), (.failed, "credentials", .provider),
            (.failed, "unreachable", .provider),
            (.failed, "unknown_model", .provider), (.failed, "rate_limited", .provider),
            (.limited, "limit_money", .limited),
            (.waiting, "outcome_unknown", .waiting), (.interrupted, "interrupted", .interrupted),
        ] as [(RunStatus, String?, ProgramStatus)]
    )
    func exitCodes(status: RunStatus, code: String?, exit: ProgramStatus) throws {
        #expect(ProgramStatus(try ended(status, code)) == exit)
    }

    @Test(arguments: [
        (CrewError(.credentials, ""), ProgramStatus.provider), (CrewError(.invalidCrew, ""), .usage),
        (CrewError(.invalidInput, ""), .usage), (CrewError(.configuration, ""), .usage),
        (CrewError(.journal, "", cause: JournalError(.diskFull, "")), .failed),
        (CrewError(.journal, "", cause: JournalError(.held, "")), .failed),
        (CrewError(.journal, "", cause: JournalError(.unknownRun, "")), .usage),
    ])
    func errorsHaveExitCodes(error: CrewError, exit: ProgramStatus) {
        #expect(CommandFailure(error).status == exit)
    }

    @Test func aFailureHasAWordForPrograms() {
        #expect(CommandFailure(CrewError(.invalidCrew, "m")).code == "invalid_crew")
        #expect(CommandFailure(CrewError(.journal, "m", cause: JournalError(.diskFull, "m"))).code == "disk_full")
        #expect(CommandFailure.usage("a\u{1B}b").lines == "crew: error: a\\eb")
    }

    @Test func jsonOfAFinishedRun() throws {
        let accepted = Fact.resultAccepted(
            AcceptedResult(
                id: "r1",
                assignment: "a1",
                agent: "scout",
                task: "facts",
                text: "{\"b\":1,\"a\":2}",
                isStructured: true
            )
        )
        let end = RunEnded(
            status: .finished,
            code: nil,
            message: nil,
            answer: "{\"b\":1,\"a\":2}",
            results: ["r1"],
            missing: []
        )
        let text = ResultObject.of(try result(SampleRun.begin + [accepted, .runEnded(end)])).text
        let document = try JSONValue(parsing: text)
        let keys = try #require(document.objectValue).keys
        #expect(
            keys == [
                "run", "status", "result", "result_json", "cost_usd", "provider_cost_usd", "uncertain_usd", "priced",
                "usage", "calls", "duration_s", "missing", "error", "results",
            ]
        )
        #expect(document["status"] == "finished")
        #expect(document["result"] == "{\"b\":1,\"a\":2}")
        #expect(document["result_json"]?["b"] == 1)
        #expect(text.contains("\"cost_usd\":0.000425,"))
        #expect(document["usage"]?["input_tokens"] == 900)
        #expect(document["usage"]?["reasoning_tokens"] == 0)
        #expect(document["duration_s"]?.doubleValue == 7)
        #expect(document["error"] == .null)
        #expect(document["results"]?.arrayValue?.first?["json"]?["a"] == 2)
    }

    @Test func jsonOfAnEndWithoutSuccess() throws {
        let document = try JSONValue(parsing: ResultObject.of(try ended(.limited, "limit_calls")).text)
        #expect(document["status"] == "limited")
        #expect(document["error"] == ["code": "limit_calls", "message": "why"])
        #expect(document["missing"] == ["text"])
        #expect(document["result"] == "")
        let failure = try JSONValue(parsing: ResultObject.failure(code: "usage", "wrong").text)
        #expect(failure["status"] == "failed")
        #expect(failure["run"] == .null)
        #expect(failure["error"] == ["code": "usage", "message": "wrong"])
    }

    /// A run that ended with the failure of its second call.
    private func failed(_ failures: [(ChatError.Code, String, Int?)]) throws -> [String] {
        let facts = failures.map { code, message, status in
            Fact.callFailed(
                CallFailed(
                    call: "c2",
                    code: code,
                    message: message,
                    status: status,
                    retryAfter: nil,
                    serverSaysRetry: nil,
                    feature: nil,
                    uncertain: .zero
                )
            )
        }
        let code = failures.last?.0.rawValue
        let end = RunEnded(status: .failed, code: code, message: "why", answer: nil, results: [], missing: [])
        let events = SampleRun.events(SampleRun.begin + facts + [.runEnded(end)])
        let result = RunResult(try #require(RunState(folding: events, prompts: try PromptBook.builtIn())))
        return Summary.lines(result, store: nil, trouble: ProviderTrouble(events)).map(\.text)
    }

    @Test(
        arguments: [
            (.filtered, 403, "  hint: the provider's moderation objects to what was said; no key is at fault"),
            (.untrusted, nil, "  hint: name your authority's certificates: SSL_CERT_FILE=FILE.pem, or `ca: FILE.pem`"),
            (.loading, 503, "  hint: `patience: 10m` of the model in the crew file waits longer for its server"),
            (
                .timedOut, nil,
                "  hint: a server on this machine may answer few requests at once: try `concurrent: 1` of the model"
            ),
            (.proxyRefused, 407, "  hint: the proxy wants a name and a password: write them into https_proxy"),
            (.invalidRequest, 404, "  hint: is http://127.0.0.1:1/v1 the address of an OpenAI-compatible endpoint?"),
            (.credentials, 401, "  hint: the crew file names no key: write key: env:NAME"),
            (.unreachable, nil, "  hint: is the server at http://127.0.0.1:1/v1 running? `crew doctor` looks"),
        ] as [(ChatError.Code, Int?, String)]
    )
    func aProvidersFailureComesWithAHint(code: ChatError.Code, status: Int?, hint: String) throws {
        #expect(try failed([(code, "no", status)]).contains(hint))
    }

    @Test func anEndpointLeftAloneTellsWhy() throws {
        let lines = try failed([(.serverFailed, "out of memory", 500), (.circuitOpen, "left alone", nil)])
        #expect(lines.contains("  because: out of memory (HTTP 500) (server_failed)"), "\(lines)")
    }

    @Test func whatWasAcceptedBeforeAFailureCanBeSeen() throws {
        let accepted = Fact.resultAccepted(
            AcceptedResult(id: "r1", assignment: "a1", agent: "scout", task: "facts", text: "F", isStructured: false)
        )
        let end = RunEnded(status: .failed, code: "x", message: "why", answer: "F", results: ["r1"], missing: [])
        let lines = Summary.lines(try result(SampleRun.begin + [accepted, .runEnded(end)]), store: "s").map(\.text)
        #expect(lines.contains("  done: 1 accepted result: crew show r-1 --store s"), "\(lines)")
    }

    @Test func aRunWithoutAPriceHasNoCost() throws {
        let facts = SampleRun.begin.prefix(1) + [SampleRun.intent("c1", .coordinator(of: nil))]
        #expect(Summary.lines(try result(Array(facts)), store: nil).first?.text.contains("no price") == true)
    }

    @Test func aProvidersOwnPriceIsToldWhereItDiffers() throws {
        func lines(_ said: Money?) throws -> [String] {
            let facts = SampleRun.begin.map { fact in
                guard case .callCompleted(var answer) = fact else { return fact }
                answer.providerCost = said
                return Fact.callCompleted(answer)
            }
            return Summary.lines(try result(facts), store: nil).map(\.text).filter { $0.hasPrefix("  billed: ") }
        }
        #expect(try lines(nil).isEmpty)
        let told = try lines(Money(dollars: "0.005"))
        #expect(told.count == 1 && told[0].hasPrefix("  billed: the provider says $0.0"), "\(told)")
    }

    @Test func eventsAreLinesOfJSON() throws {
        let writer = EventLine()
        for event in SampleRun.events(SampleRun.begin) {
            let line = try writer.text(event)
            #expect(line.hasSuffix("}\n"))
            #expect(line.dropLast().contains("\n") == false)
            #expect(try JSONValue(parsing: line)["type"]?.stringValue == event.fact.kind.rawValue)
        }
    }

    @Test func theSummaryNamesTheNextCommand() throws {
        #expect(Summary.lines(try ended(.finished, nil), store: nil).count == 1)
        #expect(
            Summary.lines(try ended(.limited, "limit_money"), store: "my store").map(\.text) == [
                "limited · $0.000425 · 2 calls · 1,000 tokens · 6.0 s · run r-1", "  why: why (limit_money)",
                "  missing: text", "  next: crew resume r-1 --budget USD --store 'my store'  (a larger one)",
            ]
        )
    }
}
