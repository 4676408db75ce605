"""What is deployed, as JSON: each function with its handler, its environment and what its role allows."""

import ast
import json

import boto3


def statements(role):
    iam = boto3.client("iam")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        # moto gives what CloudFormation made as the text of a Python value.
        yield from (ast.literal_eval(document) if isinstance(document, str) else document)["Statement"]


functions = {}
for page in boto3.client("lambda").get_paginator("list_functions").paginate():
    for one in page["Functions"]:
        functions[one["FunctionName"]] = {
            "handler": one["Handler"],
            "memory": one["MemorySize"],
            "variables": one["Environment"]["Variables"],
            "statements": list(statements(one["Role"].rsplit("/", 1)[1])),
        }
print(json.dumps(functions))
