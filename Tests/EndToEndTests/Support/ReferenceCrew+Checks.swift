import Testing

extension ReferenceCrew {
    /// Checks what must hold of a run that has finished, however often it was cut off on its way.
    ///
    /// The model has to have counted the request of that number as 1,000 tokens and its number; see ``numbered(_:)``.
    ///
    /// - Parameters:
    ///   - events: The run's events, as `crew show --events` prints them.
    ///   - requests: What the model was asked.
    ///   - kills: How often the program was cut off.
    ///   - work: Where it ran.
    static func check(_ events: [JSON], _ requests: [ChatCall], kills: Int, in work: Workspace) throws {
        #expect(work.files(below: "notes") == files, "no file twice and none half written")
        #expect(work.read("notes/draft.txt") == draft)

        let completed = events.filter { $0["type"]?.text == "call.completed" }
        #expect(completed.count == calls)
        #expect(Set(completed.compactMap { $0["call"]?.text }).count == completed.count)
        var bodies: Set<[UInt8]> = []
        for answer in completed {
            let number = try #require(answer["usage"]?["input"]?.integer) - 1_000
            try #require(requests.indices.contains(number - 1))
            let request = requests[number - 1]
            #expect(bodies.insert(request.body).inserted)
            let repetition = requests.first { $0.number > number && $0.body == request.body }
            #expect(repetition == nil, "call \(answer["call"]?.text ?? "") was completed and requested again")
        }
        // Two agents at most work at a time, so a kill cuts off no more than two calls.
        let intents = events.filter { $0["type"]?.text == "call.intended" }
        #expect(requests.count <= intents.count)
        #expect(intents.count <= calls + 2 * kills)
        checkOrder(events)
    }

    /// The reply to a request, with the number of the request in its usage, so that an answer in the journal says which
    /// request it came from.
    static func numbered(_ call: ChatCall) -> ChatReply { reply(call).using(1_000 + call.number, 10) }

    /// An attempt follows another of the same call only if that one was cut off: the executor was taken over in between.
    private static func checkOrder(_ events: [JSON]) {
        var open: Set<String> = []
        var ended: Set<String> = []
        for event in events {
            let call = event["call"]?.text ?? ""
            switch event["type"]?.text {
            case "call.intended":
                #expect(!ended.contains(call), "the completed call \(call) was intended again")
                #expect(open.insert(call).inserted, "the call \(call) was under way twice")
            case "call.completed":
                #expect(open.remove(call) != nil)
                ended.insert(call)
            case "run.resumed": open = []
            default: break
            }
        }
        #expect(open.isEmpty)
        #expect(events.map { $0["sequence"]?.integer } == (1...events.count).map { $0 })
    }
}
