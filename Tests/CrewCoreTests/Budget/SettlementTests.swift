import ChatModel
import Foundation
import Testing

@testable import CrewCore

/// What an answer costs, by the endpoint's counts, its own price and its own words.
struct SettlementTests {
    private static let price = Price(input: 1_000, output: 5_000)

    private func settled(_ response: ChatResponse, price: Price? = Self.price) throws -> (CallCompleted, Work.ModelCall)
    {
        let crew = Crew.team(.sequential, tasks: [CrewTask("a", summary: "A")], price: price)
        let call = try #require(try DrivenRun(crew).call(0))
        return (try #require(call.outcome(response).answer), call)
    }

    @Test(
        "A count that cannot be true is none, and the call settles at its bound",
        arguments: [
            TokenUsage(input: 0, output: 0), TokenUsage(input: 100, output: 0), TokenUsage(input: 0, output: 20),
            TokenUsage(input: 100, output: 3), TokenUsage(input: 800_000_000_000, output: 800_000_000_000),
            TokenUsage(input: .max, output: .max), TokenUsage(input: -1, output: 100),
            TokenUsage(input: 100, cachedInput: 80, cacheWrites: 30, output: 100),
            TokenUsage(input: 100, output: 100, reasoning: 101),
        ]
    )
    func unbelievable(usage: TokenUsage) throws {
        // Four tokens at the least.
        let text = String(repeating: "tide", count: 100)
        let (answer, call) = try settled(ChatResponse(text: text, usage: usage))
        #expect(answer.isEstimated)
        #expect(answer.usage == TokenUsage(input: call.request.inputTokenBound, output: 300))
        #expect(answer.cost == call.hold.money && answer.cost > .zero)
    }

    @Test(
        "A count that can be true is taken, also above what was allowed",
        arguments: [
            TokenUsage(input: 100, output: 4), TokenUsage(input: 50, output: 5_000, reasoning: 4_900),
        ]
    )
    func believable(usage: TokenUsage) throws {
        let text = String(repeating: "tide", count: 100)
        let (answer, _) = try settled(ChatResponse(text: text, usage: usage))
        #expect(!answer.isEstimated && answer.usage == usage && answer.cost == Self.price.cost(of: usage))
    }

    @Test func aCountBelowWhatWasSentIsNone() throws {
        let task = CrewTask("a", summary: String(repeating: "The tide comes and goes. ", count: 1_000))
        let call = try #require(try DrivenRun(.team(.sequential, tasks: [task], price: Self.price)).call(0))
        func isBelieved(_ input: Int) throws -> Bool {
            let response = ChatResponse(text: "x", usage: TokenUsage(input: input, output: 2))
            let answer = try #require(call.outcome(response).answer)
            #expect(!answer.isEstimated || answer.cost == call.hold.money)
            return !answer.isEstimated
        }
        #expect(try !isBelieved(1))
        #expect(try !isBelieved(25_000 / TokenUsage.longestToken))
        // The longest tokens that there are, and some words around them.
        #expect(try isBelieved(50_000 / TokenUsage.longestToken))
    }

    @Test func aCountBelowWhatWasThoughtIsNone() throws {
        var response = ChatResponse(text: "x", usage: TokenUsage(input: 100, output: 12))
        response.thoughtBytes = 12 * TokenUsage.longestToken - 1
        #expect(try !settled(response).0.isEstimated)
        response.thoughtBytes += 1
        #expect(try settled(response).0.isEstimated)
    }

    @Test func nothingSaidMayBeNothingGenerated() throws {
        let (answer, _) = try settled(ChatResponse(text: "", usage: TokenUsage(input: 100, output: 0)))
        #expect(!answer.isEstimated)
        let call = ToolCall(id: "a", name: "look", arguments: "{}")
        let (called, _) = try settled(
            ChatResponse(text: "", toolCalls: [call], usage: TokenUsage(input: 100, output: 0))
        )
        #expect(called.isEstimated)
    }

    @Test func theDearerOfTwoPricesCounts() throws {
        let usage = TokenUsage(input: 100, output: 20)
        let reckoned = Self.price.cost(of: usage)
        func cost(_ said: Money?, _ price: Price? = Self.price, isCached: Bool = false) throws -> CallCompleted {
            try settled(ChatResponse(text: "x", usage: usage, providerCost: said, isCached: isCached), price: price).0
        }
        let dearer = Money(picodollars: reckoned.picodollars * 3)
        #expect(try cost(dearer).cost == dearer)
        #expect(try cost(dearer).providerCost == dearer)
        #expect(try cost(Money(picodollars: 1)).cost == reckoned)
        #expect(try cost(nil).cost == reckoned && cost(nil).providerCost == nil)
        // Of a model without a known price, or with one of nothing, the provider's word is all there is.
        #expect(try cost(dearer, nil).cost == dearer)
        #expect(try cost(dearer, .free).cost == dearer)
        // One that no call can cost is recorded, and counts as far as a call can cost.
        let absurd = try cost(Money(picodollars: .max))
        #expect(absurd.cost == Money(dollars: "100") && absurd.providerCost == Money(picodollars: .max))
        #expect(try cost(dearer, isCached: true).cost == .zero && cost(dearer, isCached: true).providerCost == nil)
    }

    @Test func whatProvidersSayIsToldWhereItDiffers() throws {
        let crew = Crew.team(.sequential, tasks: [CrewTask("a", summary: "A")], price: Self.price)
        func bill(_ factor: (Int64) -> Int64) throws -> ProviderBill {
            var run = try DrivenRun(crew)
            let usage = TokenUsage(input: 1_000, output: 2_000)
            let said = Money(picodollars: factor(Self.price.cost(of: usage).picodollars))
            run.finish(0, with: ChatResponse(text: "x", usage: usage, providerCost: said))
            try #require(run.state.status == .finished)
            #expect(run.state.bill.reckoned == Self.price.cost(of: usage) && run.state.bill.billed == said)
            return run.state.bill
        }
        #expect(try !bill { $0 }.differs)
        #expect(try !bill { $0 + $0 / 200 }.differs)
        #expect(try bill { $0 * 2 }.differs)
        #expect(try bill { $0 / 2 }.differs)
        #expect(try bill { _ in 0 }.differs)
    }

    @Test func aLimitHoldsAgainstTheProvidersWord() throws {
        // The price says next to nothing; the provider knows better.
        let tasks = ["a", "b", "c"].map { CrewTask($0, summary: $0) }
        let crew = Crew.team(.sequential, tasks: tasks, price: Price(input: 1, output: 1))
        var run = try DrivenRun(crew, limits: [.usd("0.02")])
        let said = try #require(Money(dollars: "0.015"))
        for _ in 0..<3 where !run.pending.isEmpty {
            run.finish(0, with: ChatResponse(text: "x", usage: TokenUsage(input: 50, output: 9), providerCost: said))
        }
        #expect(run.state.status == .limited)
        #expect(run.state.ledger.run.settled.money == said + said)
    }

    @Test func journalsFromBeforeTellOfNoBill() throws {
        let json =
            #"{"call":"c1","text":"x","toolCalls":[],"finishReason":"stop","usage":{"input":1,"cachedInput":0,"output":1,"#
            + #""reasoning":0},"isEstimated":false,"cost":7,"isCached":false,"sequence":1,"time":0,"type":"call.completed"}"#
        let event = try JSONDecoder().decode(Event.self, from: Data(json.utf8))
        #expect(event.fact.answer?.providerCost == nil && event.fact.answer?.cost.picodollars == 7)
    }
}
