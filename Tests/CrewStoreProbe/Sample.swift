import ChatModel
import CrewCore
import Foundation

/// Events of about a kilobyte.
enum Sample {
    static func created(_ run: String) throws -> Event {
        let crew = Crew(name: "probe", goal: "Probe.", agents: [Agent("a", role: "r", goal: "g")])
        let json = """
            {"sequence":1,"time":1,"type":"run.created","run":"\(run)",
            "crew":\(String(decoding: try JSONEncoder().encode(crew), as: UTF8.self)),
            "inputs":"{}","limits":{},"tools":{},"dialects":{},"prompts":"1","folder":"."}
            """
        return try JSONDecoder().decode(Event.self, from: Data(json.utf8))
    }

    static func event(_ sequence: Int) -> Event {
        Event(sequence: sequence, time: Int64(sequence), fact: completed)
    }

    /// A call that is about to be made.
    static func intended(_ sequence: Int, call: Int, hold: Int) throws -> Event {
        try read(
            sequence,
            """
            "type":"call.intended","call":"c\(call)","attempt":1,"speaker":"coordinator","model":"default",
            "price":\(String(decoding: try JSONEncoder().encode(Price(input: 1, output: 1)), as: UTF8.self)),"hold":{"money":\(hold),"tokens":10,"calls":1},"maximumOutput":10,
            "dialect":\(String(decoding: try JSONEncoder().encode(Dialect.compatible), as: UTF8.self))
            """
        )
    }

    /// Its answer.
    static func completed(_ sequence: Int, _ call: Int, _ cost: Int) throws -> Event {
        try read(
            sequence,
            """
            "type":"call.completed","call":"c\(call)","text":"","toolCalls":[],"finishReason":"stop",
            "usage":{"input":5,"cachedInput":0,"output":5,"reasoning":0},
            "isEstimated":false,"cost":\(cost),"isCached":false
            """
        )
    }

    /// Its failure, after which it may have been billed.
    static func lost(_ sequence: Int, _ call: Int, _ money: Int) throws -> Event {
        try read(
            sequence,
            """
            "type":"call.failed","call":"c\(call)","code":"interrupted","message":"",
            "uncertain":{"money":\(money),"tokens":10,"calls":0}
            """
        )
    }

    private static func read(_ sequence: Int, _ members: String) throws -> Event {
        let json = "{\"sequence\":\(sequence),\"time\":\(sequence),\(members)}"
        return try JSONDecoder().decode(Event.self, from: Data(json.utf8))
    }

    private static let completed: Fact = {
        let text = String(repeating: "The tide turns twice a day. ", count: 30)
        let json = """
            {"sequence":1,"time":1,"type":"call.completed","call":"c1","text":"\(text)","toolCalls":[],
            "finishReason":"stop","usage":{"input":100,"cachedInput":0,"output":200,"reasoning":0},
            "isEstimated":false,"cost":1000,"isCached":false}
            """
        do {
            return try JSONDecoder().decode(Event.self, from: Data(json.utf8)).fact
        } catch {
            preconditionFailure("the sample is no event: \(error)")
        }
    }()
}
