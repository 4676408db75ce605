"""What there is, compared with the template, resource by resource. Usage: compare.py made STACK | nothing STACK"""

import ast
import collections
import json
import sys

import boto3

# moto would obey its «TLS only», and refuse every upload.
not_made = {"AWS::S3::BucketPolicy": 1}
template = json.load(open(".serverless/cloudformation-template-update-stack.json"))["Resources"]


def of(kind):
    return {name: one["Properties"] for name, one in template.items() if one["Type"] == kind}


def pages(service, operation, key, **arguments):
    for page in boto3.client(service).get_paginator(operation).paginate(**arguments):
        yield from page.get(key, [])


def same(what, there, named):
    assert there == named, f"{what}: there is {there}, and the template says {named}"


def check_counts(stack):
    resources = list(pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack))
    # What moto does not make it lists without a type.
    made = collections.Counter(one["ResourceType"] for one in resources if one["ResourceType"])
    named = collections.Counter(one["Type"] for one in template.values())
    missing = {kind: count - made[kind] for kind, count in named.items() if made[kind] != count}
    same("missing resources", missing, not_made)
    same("resources that nobody named", {kind: count for kind, count in made.items() if kind not in named}, {})
    print(f"  {sum(named.values()) - sum(missing.values())} of {sum(named.values())} resources")
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId") for one in resources}


def check_functions():
    there = {one["FunctionName"]: one for one in pages("lambda", "list_functions", "Functions")}
    named = {one["FunctionName"]: one for one in of("AWS::Lambda::Function").values()}
    same("functions", sorted(there), sorted(named))
    parameters = set()
    for name, one in named.items():
        for field in ["MemorySize", "Timeout", "Runtime", "Handler"]:
            same(f"{name} {field}", there[name][field], one[field])
        variables = there[name]["Environment"]["Variables"]
        same(f"{name} environment", sorted(variables), sorted(one["Environment"]["Variables"]))
        parameters |= {value for key, value in variables.items() if key.endswith("_PARAMETER")}
    for name in parameters:
        boto3.client("ssm").get_parameter(Name=name)
    print(f"  {len(named)} functions, {len(parameters)} parameters, each there")


def check_queues():
    sqs = boto3.client("sqs")
    there = {url.rsplit("/", 1)[1]: url for url in sqs.list_queues().get("QueueUrls", [])}
    named = {one["QueueName"]: one for one in of("AWS::SQS::Queue").values()}
    same("queues", sorted(there), sorted(named))
    for name, one in named.items():
        attributes = sqs.get_queue_attributes(QueueUrl=there[name], AttributeNames=["All"])["Attributes"]
        if "RedrivePolicy" in one:
            same(name, attributes["VisibilityTimeout"], str(one["VisibilityTimeout"]))
            policy = json.loads(attributes["RedrivePolicy"])
            same(name, policy["deadLetterTargetArn"].rsplit(":", 1)[1], f"{name}-dlq")
            same(name, int(policy["maxReceiveCount"]), one["RedrivePolicy"]["maxReceiveCount"])
    sources = list(pages("lambda", "list_event_source_mappings", "EventSourceMappings"))
    same("event sources", len(sources), len(of("AWS::Lambda::EventSourceMapping")))
    print(f"  {len(named)} queues with their dead letters, {len(sources)} event sources")


def actions_of(statements):
    return sorted(sorted(statement["Action"]) for statement in statements)


def check_roles(names):
    iam = boto3.client("iam")
    actions = 0
    for id, one in of("AWS::IAM::Role").items():
        named = [statement for policy in one["Policies"] for statement in policy["PolicyDocument"]["Statement"]]
        made = []
        for name in iam.list_role_policies(RoleName=names[id])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=names[id], PolicyName=name)["PolicyDocument"]
            # moto gives what CloudFormation made as the text of a Python value.
            made += (ast.literal_eval(document) if isinstance(document, str) else document)["Statement"]
        same(f"{id}: actions", actions_of(made), actions_of(named))
        for statement in named + made:
            assert "*" not in statement["Resource"], f"{id}: {statement}"
        actions += sum(len(statement["Action"]) for statement in made)
    print(f"  {len(of('AWS::IAM::Role'))} roles, {actions} allowed actions")


def check_alarms(names):
    there = {one["AlarmName"]: one for one in pages("cloudwatch", "describe_alarms", "MetricAlarms")}
    named = {names[id]: one for id, one in of("AWS::CloudWatch::Alarm").items()}
    same("alarms", sorted(there), sorted(named))
    for name, one in named.items():
        for field in ["MetricName", "Namespace", "Statistic", "ComparisonOperator", "TreatMissingData"]:
            same(f"{name} {field}", there[name].get(field), one.get(field))
        for field in ["Threshold", "EvaluationPeriods"]:
            same(f"{name} {field}", float(there[name][field]), float(one[field]))
        assert there[name]["AlarmActions"][0].startswith("arn:aws:sns:"), name
    print(f"  {len(named)} alarms, each with its topic")


def check_rest():
    gateway = boto3.client("apigatewayv2")
    (api,) = gateway.get_apis()["Items"]
    routes = {one["RouteKey"] for one in gateway.get_routes(ApiId=api["ApiId"])["Items"]}
    same("routes", sorted(routes), sorted(one["RouteKey"] for one in of("AWS::ApiGatewayV2::Route").values()))
    rules = boto3.client("events").list_rules()["Rules"]
    schedules = [one["ScheduleExpression"] for one in of("AWS::Events::Rule").values()]
    same("schedules", sorted(one["ScheduleExpression"] for one in rules), sorted(schedules))
    cloudwatch = boto3.client("cloudwatch")
    (dashboard,) = cloudwatch.list_dashboards()["DashboardEntries"]
    json.loads(cloudwatch.get_dashboard(DashboardName=dashboard["DashboardName"])["DashboardBody"])
    print(f"  {len(routes)} routes, {len(schedules)} schedules, a dashboard")


def check_nothing(stack):
    left = {
        "functions": list(pages("lambda", "list_functions", "Functions")),
        "queues": boto3.client("sqs").list_queues().get("QueueUrls", []),
        "apis": boto3.client("apigatewayv2").get_apis()["Items"],
        "event sources": list(pages("lambda", "list_event_source_mappings", "EventSourceMappings")),
        "topics": list(pages("sns", "list_topics", "Topics")),
        "dashboards": boto3.client("cloudwatch").list_dashboards()["DashboardEntries"],
        "alarms": list(pages("cloudwatch", "describe_alarms", "MetricAlarms")),
        "rules": boto3.client("events").list_rules()["Rules"],
        "roles": list(pages("iam", "list_roles", "Roles")),
        "log groups": list(pages("logs", "describe_log_groups", "logGroups")),
        "buckets": boto3.client("s3").list_buckets()["Buckets"],
    }
    same("left behind", {what: len(some) for what, some in left.items() if some}, {})
    print("  nothing is left but the parameters")


what, stack = sys.argv[1:]
if what == "nothing":
    check_nothing(stack)
else:
    names = check_counts(stack)
    check_functions()
    check_queues()
    check_roles(names)
    check_alarms(names)
    check_rest()
